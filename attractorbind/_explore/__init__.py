"""A network by hand: what is done tick by tick, and the widget in which it is done."""
