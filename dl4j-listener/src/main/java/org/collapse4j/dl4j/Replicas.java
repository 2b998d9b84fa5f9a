package org.collapse4j.dl4j;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Function;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/**
 * The models a listener is called by. It measures one model; others are taken for the same one if
 * they have its configuration (all of it, the seed too) and come at its number of iterations, give
 * or take one. So come the replicas of a ParallelWrapper, each trained by a thread of its own, and
 * a model that was cloned or read back from a file to go on. Any other is refused: somebody has
 * given one listener to two models.
 *
 * <p>Two models that one thread trains in turn are no replicas: the second takes the place of the
 * first, which is refused if the thread comes back to it.
 */
final class Replicas {
  private final Function<Model, Replica> open;
  private final IdentityHashMap<Model, Replica> known = new IdentityHashMap<>();
  private final List<WeakReference<Model>> refused = new ArrayList<>();
  private long iterations;

  /**
   * No models yet.
   *
   * @param open what starts measuring a model
   */
  Replicas(Function<Model, Replica> open) {
    this.open = open;
  }

  /** Whether a model was refused before. */
  synchronized boolean isRefused(Model model) {
    return refused.stream().anyMatch(r -> r.refersTo(model));
  }

  /**
   * The replica that a model is, called by the thread that trains it; null if it was refused
   * before.
   *
   * @throws IllegalArgumentException if it is another model than the one measured, or cannot be
   *     measured; from then on it is ignored
   */
  synchronized Replica training(Model model) {
    if (isRefused(model)) {
      return null;
    }
    try {
      Replica replica = find(model);
      take(replica, Thread.currentThread());
      replica.iterations(Epochs.iterations(model));
      iterations = replica.iterations();
      return replica;
    } catch (RuntimeException e) {
      refused.removeIf(r -> r.refersTo(null));
      refused.add(new WeakReference<>(model));
      throw e;
    }
  }

  private void take(Replica replica, Thread thread) {
    if (replica.isReplaced() && replica.trainer() == thread) {
      throw anotherModel("of the same configuration, trained by the same thread in turn with it");
    }
    for (Replica other : known.values()) {
      if (other != replica && other.trainer() == thread) {
        other.replaced(true);
      }
    }
    replica.trainedBy(thread);
    replica.replaced(false);
  }

  /** The replica in training that a model is known as; null if it is none. */
  synchronized Replica known(Model model) {
    return known.get(model);
  }

  /**
   * The replica that a model is, whoever asks.
   *
   * @throws IllegalArgumentException if it is another model than the one measured, or cannot be
   *     measured
   */
  synchronized Replica find(Model model) {
    Replica replica = known.get(model);
    if (replica == null) {
      requireSame(model);
      replica = open.apply(model);
      iterations = Math.max(iterations, Epochs.iterations(model));
      known.put(model, replica);
    }
    return replica;
  }

  /**
   * Checks that a model is the one measured, if there is one.
   *
   * @throws IllegalArgumentException if it is not
   */
  synchronized void requireSame(Model model) {
    if (known.isEmpty() || known.containsKey(model)) {
      return;
    }
    if (!configuration(known.keySet().iterator().next()).equals(configuration(model))) {
      throw anotherModel("of another configuration");
    }
    int done = Epochs.iterations(model);
    if (Math.abs(done - iterations) > 1 && !hasParametersOfKnown(model)) {
      throw anotherModel("of the same configuration, but at iteration " + done);
    }
  }

  /** ComputationGraph.clone() copies the parameters, but counts iterations from the start. */
  private boolean hasParametersOfKnown(Model model) {
    return known.keySet().stream().anyMatch(other -> other.params().equals(model.params()));
  }

  private IllegalArgumentException anotherModel(String which) {
    return new IllegalArgumentException(
        String.format(
            "A listener measures one model, and this one measures a model at iteration %s, but was"
                + " called by another %s; give each model a listener of its own",
            iterations, which));
  }

  /** Whether every replica that is being trained has done as many iterations. */
  synchronized boolean haveDone(long count) {
    return known.values().stream().filter(Replica::isLive).allMatch(r -> r.iterations() >= count);
  }

  /**
   * Forgets replicas that are trained no more, but for one model.
   *
   * @return those forgotten
   */
  synchronized List<Replica> forgetEnded(Model kept) {
    List<Replica> forgotten = new ArrayList<>();
    for (Model model : List.copyOf(known.keySet())) {
      Replica replica = known.get(model);
      if (model == kept || replica.isLive() || replica.trainer() == null) {
        continue;
      }
      known.remove(model);
      forgotten.add(replica);
      if (replica.isReplaced() && replica.trainer().isAlive()) {
        refused.add(new WeakReference<>(model));
      }
    }
    return forgotten;
  }

  /** The configuration as text, without what changes in training. */
  private static String configuration(Model model) {
    if (model instanceof MultiLayerNetwork network) {
      MultiLayerConfiguration copy = network.getLayerWiseConfigurations().clone();
      copy.setIterationCount(0);
      copy.setEpochCount(0);
      copy.setTrainingWorkspaceMode(WorkspaceMode.NONE);
      copy.getConfs().forEach(Replicas::resetCounts);
      return copy.toJson();
    }
    ComputationGraphConfiguration copy = ((ComputationGraph) model).getConfiguration().clone();
    copy.setIterationCount(0);
    copy.setEpochCount(0);
    copy.setTrainingWorkspaceMode(WorkspaceMode.NONE);
    for (Object vertex : copy.getVertices().values()) {
      if (vertex instanceof LayerVertex layer) {
        resetCounts(layer.getLayerConf());
      }
    }
    resetCounts(copy.getDefaultConfiguration());
    return copy.toJson();
  }

  private static void resetCounts(NeuralNetConfiguration layer) {
    layer.setIterationCount(0);
    layer.setEpochCount(0);
  }
}
