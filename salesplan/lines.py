"""Lines of business: which line each product is of."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


def has_lines(products: "pd.DataFrame | None") -> bool:
    """Whether the table of products names lines of business."""
    return products is not None and "line" in products and bool(products["line"].notna().any())


def line_of(product: "pd.Series[Any]", products: "pd.DataFrame | None") -> "pd.Series[Any]":
    """The line of business of each product by table `products`; one without a line is a line of its own."""
    if products is None or "line" not in products:
        return product
    known = products[products["line"].notna()].set_index("product")["line"]
    return product.map(known.to_dict()).fillna(product).astype("str")
