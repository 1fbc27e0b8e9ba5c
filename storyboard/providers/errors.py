"""What can go wrong between us and a vendor. Clients and the vendors' files raise these."""


class Unreadable(ValueError):
    """An answer that is not what the vendor's documentation says."""
