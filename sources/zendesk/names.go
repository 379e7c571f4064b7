package zendesk

import (
	"context"
	"time"
)

// namesLast is how long names are good for.
const namesLast = time.Hour

// names knows what the desk calls what records only number.
type names struct {
	groups   map[string]string
	statuses map[string]word // the category of each custom status
	readAt   map[string]time.Time
	unknown  map[string]bool // groups that the desk did not list when it was last asked
}

// old reports whether a list of names is to be read again.
func (n *names) old(list string, now time.Time) bool {
	at, read := n.readAt[list]
	return !read || now.Sub(at) >= namesLast || now.Before(at)
}

// read notes that a list of names was read, or that the desk withheld it.
func (n *names) read(list string, now time.Time) {
	if n.readAt == nil {
		n.readAt = map[string]time.Time{}
	}
	n.readAt[list] = now
}

// nameGroups learns the names of groups that records speak of, for teamOf.
func (r *round) nameGroups(ctx context.Context, ids []ident) error {
	stale := false
	for _, id := range ids {
		_, known := r.names.groups[string(id)]
		stale = stale || id != "" && (r.names.old(canGroups, r.Target) || !known && !r.names.unknown[string(id)])
	}
	if !stale || !r.can.due(canGroups, r.Target) {
		return nil
	}
	groups := map[string]string{}
	err := all(ctx, r.Source, "/groups", "groups", func(g group) { groups[string(g.ID)] = string(g.Name) })
	switch {
	case withheld(err):
		r.refused(canGroups, err)
	case err != nil:
		return err
	default:
		r.can.granted(canGroups)
		r.names.groups, r.names.unknown = groups, map[string]bool{}
	}
	r.names.read(canGroups, r.Target)
	for _, id := range ids {
		if _, known := r.names.groups[string(id)]; !known && r.names.unknown != nil {
			r.names.unknown[string(id)] = true
		}
	}
	return nil
}

// group is one of the desk's groups.
type group struct {
	ID   ident  `json:"id"`
	Name phrase `json:"name"`
}

// teamOf returns the name of a group, empty where the desk does not tell it.
func (r *round) teamOf(id ident) string { return r.names.groups[string(id)] }

// customStatus is one of the statuses that the desk's people made up, each of
// which stands for one of the desk's own.
type customStatus struct {
	ID       ident `json:"id"`
	Category word  `json:"status_category"`
}

// nameStatuses learns what custom statuses stand for.
func (r *round) nameStatuses(ctx context.Context) error {
	if !r.names.old(canStatuses, r.Target) || !r.can.due(canStatuses, r.Target) {
		return nil
	}
	statuses := map[string]word{}
	err := all(ctx, r.Source, "/custom_statuses", "custom_statuses", func(s customStatus) { statuses[string(s.ID)] = s.Category })
	switch {
	case withheld(err):
		r.refused(canStatuses, err)
	case err != nil:
		return err
	default:
		r.can.granted(canStatuses)
		r.names.statuses = statuses
	}
	r.names.read(canStatuses, r.Target)
	return nil
}
