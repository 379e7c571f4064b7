package csv

import (
	"errors"
	"fmt"

	"helpdesk_exporter/desk"
)

// The two fields of a period.
const (
	periodStart = "period_start"
	periodEnd   = "period_end"
)

// checkPeriod rejects a row that is neither what its record is for nor the sums
// of a period, and a period that has no length.
func (s *shape) checkPeriod(id string, body desk.Body) *fault {
	if s.period == nil {
		return nil
	}
	start, end := s.period(body)
	switch {
	case start.IsZero() && end.IsZero():
		return s.checkSingle(id, body)
	case start.IsZero():
		return s.halfPeriod(periodStart, periodEnd)
	case end.IsZero():
		return s.halfPeriod(periodEnd, periodStart)
	case !end.After(*start):
		return &fault{desk.ReasonBadTime, periodEnd + ": not later than " + periodStart + "; correct the row, or the order of day and month in time_format"}
	}
	if name := s.ownTime(body); s.sums && name != "" {
		return &fault{desk.ReasonMalformed, fmt.Sprintf(
			"%s and %s: a row is either %s or the sums of a period; leave one of the two empty", name, periodStart, s.article())}
	}
	return nil
}

// checkSingle rejects a row without what a record needs that is not the sums of
// a period.
func (s *shape) checkSingle(id string, body desk.Body) *fault {
	if s.keyed && id == "" {
		return s.missing(idField.name)
	}
	for _, f := range s.fields {
		if f.required && f.at(body).IsZero() {
			return s.missing(f.name)
		}
	}
	return nil
}

// ownTime names the required time that a body has and sums do not, empty when
// it has none.
func (s *shape) ownTime(body desk.Body) string {
	for _, f := range s.fields {
		if f.required && !f.at(body).IsZero() {
			return f.name
		}
	}
	return ""
}

// missing is the fault of a row without a required field.
func (s *shape) missing(name string) *fault {
	detail := name + ": empty, and required for " + s.article()
	if s.sums {
		detail += " that is not the sums from " + periodStart + " to " + periodEnd
	}
	return &fault{desk.ReasonMissingField, detail}
}

func (s *shape) halfPeriod(name, beside string) *fault {
	return &fault{desk.ReasonMissingField, name + ": empty, and required beside " + beside}
}

// checkRequired reports which fields must be mapped and are not.
func (s *shape) checkRequired(columns map[string]Strings) error {
	mapped := func(name string) bool { return len(columns[name]) > 0 }
	remedy := "name the header that holds it"
	if s.sums {
		if mapped(periodStart) != mapped(periodEnd) {
			return fmt.Errorf("columns: %s and %s are the two ends of a period; name the headers of both", periodStart, periodEnd)
		}
		if mapped(periodStart) && !s.mapsTime(mapped) {
			return nil
		}
		remedy += ", or map " + periodStart + " and " + periodEnd + " where rows are the sums of a period"
	}
	var errs []error
	for _, name := range s.required() {
		if !mapped(name) {
			errs = append(errs, fmt.Errorf("columns.%s: required for record %q; %s", name, s.kind, remedy))
		}
	}
	return errors.Join(errs...)
}

// mapsTime reports whether a required time is among the mapped fields, so that
// not all rows can be sums.
func (s *shape) mapsTime(mapped func(string) bool) bool {
	for _, f := range s.fields {
		if f.required && mapped(f.name) {
			return true
		}
	}
	return false
}
