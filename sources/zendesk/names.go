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
}

// old reports whether a list of names is to be read again.
func (n *names) old(list string, now time.Time) bool {
	at, read := n.readAt[list]
	return !read || now.Sub(at) >= namesLast || now.Before(at)
}

// read notes that a list of names was read.
func (n *names) read(list string, now time.Time) {
	if n.readAt == nil {
		n.readAt = map[string]time.Time{}
	}
	n.readAt[list] = now
}

// nameGroups learns the names of groups that records speak of, for teamOf. For one
// that is not known it asks once a round.
func (r *round) nameGroups(ctx context.Context, ids []ident) error {
	stale := false
	for _, id := range ids {
		_, known := r.names.groups[string(id)]
		stale = stale || id != "" && (r.names.old(canGroups, r.Target) || !known && !r.names.readAt[canGroups].Equal(r.Target))
	}
	if !stale || !r.can.due(canGroups, r.Target) {
		return nil
	}
	groups := map[string]string{}
	err := all(ctx, r.Source, "/groups", "groups", func(g group) { groups[string(g.ID)] = string(g.Name) })
	if err != nil {
		return r.spare(ctx, canGroups, err)
	}
	r.granted(canGroups)
	r.names.groups = groups
	r.names.read(canGroups, r.Target)
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
	if err != nil {
		return r.spare(ctx, canStatuses, err)
	}
	r.granted(canStatuses)
	r.names.statuses = statuses
	r.names.read(canStatuses, r.Target)
	return nil
}
