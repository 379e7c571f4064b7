package book

import (
	"encoding/json"
	"fmt"
	"reflect"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/journal"
	"helpdesk_exporter/kpi"
)

// loadPolicies reads which SLA policies were in force when, and adds those of
// the configuration where they are others. Calendars are kept as they were last
// beside the policies that name them.
func (o *opening) loadPolicies(tx *journal.Tx) error {
	var lists []kpi.PolicyList
	if text := tx.Policies(); text != nil {
		if err := json.Unmarshal(text, &lists); err != nil {
			return fmt.Errorf("SLA policies: %w", err)
		}
	}
	now, n := o.Catalogue.PoliciesInForce(), len(lists)
	switch {
	case n == 0:
		lists = []kpi.PolicyList{now}
	case !sameText(lists[n-1].Policies, now.Policies):
		now.Since = o.Now
		lists = append(lists, now)
	default:
		lists[n-1].Calendars = now.Calendars
	}
	if err := o.Catalogue.Remember(lists); err != nil {
		return err
	}
	if n == 0 && len(now.Policies) == 0 {
		return nil // whatever is promised first holds for all that are held
	}
	text, err := json.Marshal(lists)
	if err != nil {
		return err
	}
	o.later(func(tx *journal.Tx) error { return tx.PutPolicies(text) })
	return nil
}

// sameText reports whether two lists of policies are kept alike.
func sameText(x, y []kpi.SLAPolicy) bool {
	one, errOne := json.Marshal(x)
	other, errOther := json.Marshal(y)
	return errOne == nil && errOther == nil && (reflect.DeepEqual(one, other) || len(x)+len(y) == 0)
}

// setClocks says how the times of each source's tickets are measured: where one
// of a desk's sources tells a duration itself, the desk's figures are told ones.
func (o *opening) setClocks() {
	for _, d := range o.desks {
		var told desk.BusinessTimes
		for _, s := range d.sources {
			told |= s.Told
		}
		for _, s := range d.sources {
			s.clocks = &kpi.Clocks{Calendar: o.Catalogue.Calendar(s.Calendar), Told: told, OwnSLA: s.OwnSLA}
			if s.state.Judged.IsZero() {
				s.state.Judged = d.knownUntil(s, nil) // what was due before is history
			}
		}
	}
}
