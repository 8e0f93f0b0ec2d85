"""Enrolment by block and grade for coming years, as several futures, by cohort survival."""
