package org.collapse4j.samples.model;

import java.util.List;
import java.util.Locale;

/** The kinds of network, under the names they have in logs and options. */
public enum Architecture {
  /** A fully connected network, {@link Mlp}. */
  MLP,
  /** A convolutional network in the manner of LeNet, {@link Cnn}. */
  CNN,
  /** A residual network of 18 layers, {@link ResNet18}; its widths are its own. */
  RESNET18;

  /** The units of the fully connected hidden layers where none are named. */
  public List<Integer> defaultWidths() {
    return switch (this) {
      case MLP -> List.of(256, 256, 256, 256, 256);
      case CNN -> List.of(500);
      case RESNET18 -> List.of();
    };
  }

  /** Whether hidden layers are normalised over the batch where nothing is said of it. */
  public boolean defaultBatchNorm() {
    return this != MLP;
  }

  /** The name in logs: {@code mlp}, {@code cnn} or {@code resnet18}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
