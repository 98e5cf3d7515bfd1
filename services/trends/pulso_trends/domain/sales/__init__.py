"""Whether what people say about a product leads what is sold of it, tested on weeks that chose nothing.

Sales of a week are forecast from their own past, trend and season, and then from the same and the talk of one
earlier week. Talk is linked with sales when the second forecast is better on held-out weeks than it is with
talk whose order is shuffled, the choice of the lag repeated each time.
"""
