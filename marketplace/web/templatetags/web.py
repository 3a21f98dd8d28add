"""Icons, dates, money and codes as the look wants them."""

from django import template

register = template.Library()
