"""The words of the field, each in a sentence or two, and those of them that a text uses."""

import re

import streamlit as st

from engine.text import Text
from ui.forms import plain
from ui.language import say

WORDS: dict[Text, Text] = {
    Text("accuracy"): Text("The share of pictures that are read rightly."),
    Text("activation"): Text(
        "A function after a layer that bends its numbers, such as ReLU. Without it, layers one after the other could "
        "do no more than one of them."
    ),
    Text("attention"): Text(
        "A layer in which every part of the input looks at every other part and takes from each a share. The shares "
        "are worked out from the parts themselves."
    ),
    Text("augmentation"): Text("Small changes of the training pictures, such as a turn, so that none is seen twice."),
    Text("backward pass"): Text(
        "From the loss back through all layers: how much would each weight change the loss? It gives the gradient."
    ),
    Text("batch"): Text("The pictures that one step learns from together."),
    Text("batch normalisation"): Text(
        "A layer that shifts and scales what comes in, so that over the batch its mean is 0 and its spread is 1."
    ),
    Text("bias"): Text("A number that a unit adds to its weighted sum, whatever comes in."),
    Text("class"): Text("One of the answers that a network chooses from: for digits, 0 to 9."),
    Text("convolution"): Text(
        "A layer that moves a small window, its kernel, over the picture, and does the same sum at every place."
    ),
    Text("cross-entropy"): Text(
        "The usual loss: it is large where the network gives the right class a small probability."
    ),
    Text("cross-validation"): Text(
        "Train several times, and hold back another part of the pictures each time. The mean is the result, the spread "
        "says how sure it is."
    ),
    Text("discriminator"): Text("The network of a GAN that tells real pictures from generated ones."),
    Text("dropout"): Text(
        "A layer that sets a part of the numbers to 0 in each step, others each time. It stops "
        "units from leaning on single others."
    ),
    Text("early stopping"): Text("End the training when the validation loss falls no more."),
    Text("epoch"): Text("One pass over all training pictures."),
    Text("forward pass"): Text("From the picture through all layers to the scores."),
    Text("gate"): Text("In an LSTM: numbers from 0 to 1 that say how much is kept, taken in or given out."),
    Text("generator"): Text("The network of a GAN that makes pictures from random numbers."),
    Text("gradient"): Text("For every weight: which way, and how much, the loss would change with it."),
    Text("gradient descent"): Text("Change every weight a little against its gradient, again and again."),
    Text("hidden layer"): Text("A layer between the input and the output."),
    Text("kernel"): Text("The small window of weights of a convolution."),
    Text("label"): Text("The right answer that comes with a picture."),
    Text("latent space"): Text("All the random inputs of a generator. Each point of it is one picture."),
    Text("learning rate"): Text("How far each step goes. Too small crawls, too large jumps about."),
    Text("loss"): Text("One number that says how wrong the network is. Training makes it smaller."),
    Text("LSTM"): Text("A recurrent layer whose memory is protected by gates, so that it can remember for long."),
    Text("momentum"): Text("A part of the last step that is added to the next one, as a ball rolls on."),
    Text("network"): Text("Layers one after the other, or side by side, that turn a picture into scores."),
    Text("optimizer"): Text("The rule that turns gradients into changes of the weights, such as SGD or Adam."),
    Text("over-fitting"): Text("Learning the training pictures by heart, and reading new ones worse."),
    Text("padding"): Text("A border of zeros around a picture, so that a convolution does not make it smaller."),
    Text("parameter"): Text("A number that is learned: a weight or a bias."),
    Text("perceptron"): Text("The oldest unit: a weighted sum, and yes or no by its sign (Rosenblatt 1958)."),
    Text("pooling"): Text("A layer that takes one number out of each window: the largest, or the mean."),
    Text("regularisation"): Text("All that keeps a network from learning by heart."),
    Text("ReLU"): Text("An activation: what is below 0 becomes 0, the rest stays."),
    Text("residual block"): Text("Layers with a shortcut around them: what went in is added to what comes out."),
    Text("run"): Text("One training, from its start to its end, with all that it told on the way."),
    Text("seed"): Text("The number from which all random choices begin. The same seed gives the same curve."),
    Text("sigmoid"): Text("An activation that turns any number into one from 0 to 1."),
    Text("softmax"): Text("Turns the scores of all classes into probabilities that add up to 1."),
    Text("step"): Text("One change of all weights, after one batch."),
    Text("stride"): Text("By how many pixels a window moves at a time."),
    Text("test pictures"): Text("Pictures that are read once, at the very end, and never used to choose anything."),
    Text("training pictures"): Text("The pictures that a network learns from."),
    Text("unit"): Text("One number of a layer, and how it comes about: a neuron."),
    Text("validation pictures"): Text("Pictures held back while it learns, to see how it does on new ones."),
    Text("vanishing gradient"): Text(
        "In a deep network: the gradient gets smaller from layer to layer on its way back, "
        "until the first ones learn nothing."
    ),
    Text("weight"): Text("A number that says how much an input counts in a unit's sum."),
    Text("weight decay"): Text("Makes every weight a little smaller in each step."),
}


def used_in(text: str) -> list[Text]:
    """The words of the glossary that an English text uses, in its order of letters; one within a longer one is left
    out."""
    found = [word for word in WORDS if re.search(rf"\b{re.escape(str(word))}(e?s)?\b", text, re.IGNORECASE)]
    longer = [str(word) for word in found]
    return [word for word in found if not any(str(word) != other and str(word) in other for other in longer)]


def words_of(text: str) -> None:
    """A button that explains the words of a lesson's step."""
    found = used_in(text)
    if found:
        with st.popover(say("Words"), icon=":material/dictionary:", key="lesson-words"):
            st.markdown(_lines(found))


def glossary() -> None:
    """All words, to be searched."""
    wanted = st.text_input(say("Search"), key="glossary-search", placeholder=say("A word ..."), width=320).casefold()
    found = [word for word in WORDS if wanted in say(word).casefold() or wanted in say(WORDS[word]).casefold()]
    st.markdown(_lines(found) if found else say("No word here has this in it."))


def _lines(words: list[Text]) -> str:
    return "\n\n".join(f"**{plain(say(word))}**: {plain(say(WORDS[word]))}" for word in words)
