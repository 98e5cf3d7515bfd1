"""Peru's departments, and how to recognise one in what people type."""

from pulso_contracts.peru.departments import BY_UBIGEO, DEPARTMENTS, Department, MacroRegion
from pulso_contracts.peru.resolve import resolve_department

__all__ = ["BY_UBIGEO", "DEPARTMENTS", "Department", "MacroRegion", "resolve_department"]
