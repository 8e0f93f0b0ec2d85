"""The tables that districts' requests for proposals ask consultants for."""

from scenarios.rfp.growth import read_growth
from scenarios.rfp.write import Asked, write_rfp

__all__ = ["Asked", "read_growth", "write_rfp"]
