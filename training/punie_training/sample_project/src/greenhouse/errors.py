"""What can go wrong in the shop."""


class ShopError(Exception):
    """Base of the shop's errors."""


class OutOfStock(ShopError):
    """There are fewer plants than were asked for."""


class PaymentDeclined(ShopError):
    """The card was refused."""


class UnknownSpecies(ShopError):
    """Nobody has heard of this plant."""


class SettingError(ShopError):
    """A setting has a value that makes no sense."""
