"""The 2-D playground: build a small network, watch it learn to tell points apart, look at every number."""

from ui.points.view import points_view
from ui.runs.run_page import go_where_the_run_is_shown

go_where_the_run_is_shown("points")
points_view()
