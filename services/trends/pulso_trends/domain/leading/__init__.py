"""Whether what people say about a product leads something that is known of it by week: sales, or stars.

The target of a week is forecast from its own past, trend and season, and then from the same and the talk of
one earlier week. Talk is linked with it when the second forecast is better on held-out weeks than it is with
talk whose order is shuffled, the choice of the lag repeated each time.
"""
