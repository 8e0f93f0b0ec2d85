"""What public agencies publish: counts by area, schools and their enrolment, and the estimate that joins them."""
