"""What seeded enterprises do, all trades together."""

from .trade import Trade
from .trades_goods import GOODS
from .trades_people import PEOPLE_SERVICES
from .trades_sites import SITE_SERVICES

TRADES: tuple[Trade, ...] = (*SITE_SERVICES, *PEOPLE_SERVICES, *GOODS)
