package consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.collapse4j.dl4j.NeuralCollapseListener;
import org.collapse4j.metric.Metric;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.optimize.listeners.ScoreIterationListener;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** A project that has Deeplearning4j and a logback adds the listener: nothing of either is lost. */
class ConsumerTest {
  private static final int CLASSES = 3;

  private static MultiLayerNetwork network() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(1)
                .list()
                .layer(new DenseLayer.Builder().nIn(4).nOut(8).build())
                .layer(new OutputLayer.Builder().nIn(8).nOut(CLASSES).build())
                .build());
    network.init();
    return network;
  }

  private static DataSet examples() {
    INDArray labels = Nd4j.zeros(60, CLASSES);
    for (int i = 0; i < labels.rows(); i++) {
      labels.putScalar(i, i % CLASSES, 1);
    }
    Nd4j.getRandom().setSeed(1);
    return new DataSet(Nd4j.rand(labels.rows(), 4), labels);
  }

  @Test
  void theLinesOfBothAreLogged() throws Exception {
    boolean fluent =
        Arrays.stream(org.slf4j.Logger.class.getMethods()).anyMatch(m -> m.getName().equals("atInfo"));
    assertEquals(System.getProperty("slf4j.major"), fluent ? "2" : "1");
    MultiLayerNetwork network = network();
    network.setListeners(new ScoreIterationListener(1), new NeuralCollapseListener());

    network.fit(new ExistingDataSetIterator(List.of(examples(), examples())), 2);

    String log = Files.readString(Path.of("target", "log.txt"));
    assertLogged("INFO org.deeplearning4j.optimize.listeners.ScoreIterationListener - Score at iteration 3 is ", log);
    String pairs = fluent ? " run=\".*\" epoch=\"2\" .* nc1.pinv=\".*\"" : " ";
    assertLogged("INFO org.collapse4j.metrics - epoch 2, iteration 4, .* nc1.pinv=.*" + pairs, log);
  }

  /** Deeplearning4j itself cannot be on a module path: its module names packages that it lacks. */
  @Test
  void theListenerWorksAsAModule() throws Exception {
    Path[] jars = {jarOf(Metric.class), jarOf(NeuralCollapseListener.class)};
    ModuleFinder finder = ModuleFinder.of(jars);
    Configuration configuration =
        ModuleLayer.boot()
            .configuration()
            .resolve(finder, ModuleFinder.of(), Set.of("org.collapse4j.listener"));
    ModuleLayer modules =
        ModuleLayer.boot()
            .defineModulesWithOneLoader(configuration, getClass().getClassLoader());
    Class<?> listener =
        modules
            .findLoader("org.collapse4j.listener")
            .loadClass("org.collapse4j.dl4j.NeuralCollapseListener");
    assertEquals("org.collapse4j.listener", listener.getModule().getName());
    assertEquals(
        "org.collapse4j.core",
        listener.getClassLoader().loadClass(Metric.class.getName()).getModule().getName());
    MultiLayerNetwork network = network();
    TrainingListener ours = (TrainingListener) listener.getConstructor().newInstance();
    network.setListeners(ours);

    network.fit(new ExistingDataSetIterator(List.of(examples(), examples())), 2);

    assertEquals(0L, ((Number) listener.getMethod("failureCount").invoke(ours)).longValue());
  }

  private static Path jarOf(Class<?> type) throws Exception {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  private static void assertLogged(String line, String log) {
    assertTrue(Pattern.compile("^" + line, Pattern.MULTILINE).matcher(log).find(), log);
  }
}
