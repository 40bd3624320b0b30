"""Learn: lessons that are done on the real pages, each with a guess before and a surprise after."""

from ui.learn.view import learn_page
from ui.state import session

learn_page(session())
