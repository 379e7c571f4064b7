package intercomtest

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"helpdesk_exporter/sources/sourcestest"
)

func (d *Desk) teams(w http.ResponseWriter, _ *http.Request, _ time.Time) {
	all := []any{}
	for _, g := range d.world.Groups {
		all = append(all, map[string]any{"type": "team", "id": strconv.FormatInt(g.ID, 10), "name": g.Name, "admin_ids": []any{}})
	}
	answer(w, map[string]any{"type": "team.list", "teams": all})
}

func (d *Desk) calls(w http.ResponseWriter, r *http.Request, _ time.Time) {
	servePage(w, r, "list", "data", d.o.Calls, 25, 25)
}

// deleted lists the conversations that were deleted, the latest first unless
// asked otherwise.
func (d *Desk) deleted(w http.ResponseWriter, r *http.Request, now time.Time) {
	all := []map[string]any{}
	for _, t := range d.world.Tickets {
		for _, e := range t.Events {
			if ends(e.What) && !e.At.After(now) {
				all = append(all, map[string]any{
					"type": "conversation", "id": strconv.FormatInt(t.ID, 10), "deleted_at": e.At.Unix(), "metrics_retained": e.What == sourcestest.Delete,
				})
			}
		}
	}
	slices.SortStableFunc(all, func(x, y map[string]any) int { return int(x["deleted_at"].(int64) - y["deleted_at"].(int64)) })
	if r.URL.Query().Get("order") != "asc" {
		slices.Reverse(all)
	}
	servePage(w, r, "conversations.list", "conversations", all, 20, 60)
}

// servePage serves one page of a list.
func servePage(w http.ResponseWriter, r *http.Request, kind, name string, all []map[string]any, size, longest int) {
	if n, err := strconv.Atoi(r.URL.Query().Get("per_page")); err == nil {
		size = n
	}
	if size < 1 || size > longest {
		fail(w, http.StatusBadRequest, "parameter_invalid", "per_page")
		return
	}
	page, err := strconv.Atoi(r.URL.Query().Get("page"))
	if err != nil {
		page = 1
	}
	from := min(len(all), (page-1)*size)
	shown := all[from:min(len(all), from+size)]
	if shown == nil {
		shown = []map[string]any{}
	}
	answer(w, map[string]any{
		"type": kind, name: shown, "total_count": len(all),
		"pages": map[string]any{"type": "pages", "page": page, "per_page": size, "total_pages": (len(all) + size - 1) / size},
	})
}
