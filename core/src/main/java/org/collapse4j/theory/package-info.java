/**
 * The two models of Nguyen, Levie, Lienen, Hüllermeier, Kutyniok, "Memorization-Dilation: Modeling
 * Neural Collapse Under Label Noise", ICLR 2023, solved: what a network that could place features
 * freely would do ({@link org.collapse4j.theory.LayerPeeledModel}), and what memorizing wrong
 * labels then costs ({@link org.collapse4j.theory.MemorizationDilationModel}).
 *
 * <p>The optimiser, the root finding and the quadrature are Hipparchus's. It is an optional
 * dependency: whoever solves these models adds {@code org.hipparchus:hipparchus-optim} beside this
 * library.
 */
package org.collapse4j.theory;
