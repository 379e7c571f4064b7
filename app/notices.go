package app

import (
	"slices"
	"strings"
	"time"

	"helpdesk_exporter/book"
	"helpdesk_exporter/poll"
	"helpdesk_exporter/web"
)

// notices returns what a person should do something about, the worst first.
func (s *status) notices() []web.Notice {
	var notices []web.Notice
	if ok, known := s.figure("helpdesk_config_last_reload_successful", nil); known && ok == 0 {
		notices = append(notices, web.Notice{
			ID: "reload-failed", State: web.Bad, Word: "Reload failed", Title: "the configuration in the file was refused",
			Says: []string{"The exporter goes on with the configuration of " + web.Clock(s.generation.loaded, s.now) + ". A restart would fail."},
			Do:   "Correct what the log lists at Reload failed, try it with --config.check, and reload.",
			Manual: []web.Link{
				{Text: "Runbook", Href: "./docs/runbooks#helpdeskreloadfailed"},
			},
		})
	}
	for _, h := range s.health {
		reading := s.readings[h.Name]
		switch {
		case reading.Failure != nil:
			notices = append(notices, s.failing(h, reading))
		case h.Synced && h.Stale:
			notices = append(notices, s.stale(h))
		case s.unfed(h):
			notices = append(notices, unfedNotice(h))
		}
	}
	for _, h := range s.health {
		notices = append(notices, s.withheld(h)...)
		notices = append(notices, s.rejected(h)...)
	}
	return notices
}

// noticeOf returns a notice about a source that still says nothing.
func noticeOf(h book.SourceHealth, state web.State, word string) web.Notice {
	n := web.Notice{ID: web.IDOf("notice", word, h.Name), State: state, Word: word, Source: h.Name}
	if h.Desk != h.Name {
		n.Desk = h.Desk
	}
	return n
}

// failing tells of a source whose last poll failed.
func (s *status) failing(h book.SourceHealth, reading poll.Status) web.Notice {
	what := adviceFor(reading.Failure)
	n := noticeOf(h, web.Bad, "Failing")
	n.Says = []string{
		what.says + " It has been failing since " + web.Clock(reading.Failing, s.now) + ", " + web.Since(reading.Failing, s.now) + "." + s.next(reading),
		s.stays(h),
	}
	n.Do = what.do
	n.Manual = []web.Link{
		{Text: "More on this failure", Href: what.manual},
		{Text: "Runbook", Href: "./docs/runbooks#helpdesksourcedown"},
	}
	return n
}

// next says when a source that fails is tried again.
func (s *status) next(reading poll.Status) string {
	if !reading.Next.After(s.now) {
		return ""
	}
	return " It is tried again at " + web.Clock(reading.Next, s.now) + ", " + web.Since(reading.Next, s.now) + "."
}

// stays says what becomes of the figures of a source that fails.
func (s *status) stays(h book.SourceHealth) string {
	until := h.LastSuccess.Add(time.Duration(s.common(h).StaleAfter))
	last := "The last good poll was at " + web.Clock(h.LastSuccess, s.now) + "."
	switch {
	case h.LastSuccess.IsZero():
		return "It has never been read to its end, so no figure rests on it yet."
	case !h.Synced:
		return last + " Its first sync is not complete, so no figure rests on it yet."
	case h.Stale:
		return last + " Its gauges are hidden since " + web.Clock(until, s.now) + "; its counters stay."
	default:
		return last + " Its figures stay until " + web.Clock(until, s.now) + ", " + web.Since(until, s.now) + "; then its gauges vanish and its counters stay."
	}
}

// stale tells of a source whose polls succeed and bring nothing.
func (s *status) stale(h book.SourceHealth) web.Notice {
	says := "Its polls succeed, and nothing new has come for more than " + web.Duration(time.Duration(s.common(h).ExpectEvery)) + " (expect_every)."
	if !h.LastEvent.IsZero() {
		says += " The newest event that it told of was at " + web.Clock(h.LastEvent, s.now) + "."
	}
	if time.Duration(s.common(h).StaleAfter) < s.now.Sub(h.LastSuccess) {
		says = "It was not read to its end since " + web.Clock(h.LastSuccess, s.now) + "."
	}
	n := noticeOf(h, web.Bad, "Stale")
	n.Says = []string{says, "Its gauges are hidden; its counters stay."}
	n.Do = "Ask whoever drops the files or runs the desk whether it went quiet."
	n.Manual = []web.Link{{Text: "Runbook", Href: "./docs/runbooks#helpdesksourcestale"}}
	return n
}

// unfed reports whether a source of files has been read and there was none.
func (s *status) unfed(h book.SourceHealth) bool {
	return s.common(h).Type == "csv" && h.Synced && h.AsOf.IsZero() && h.LastEvent.IsZero() && len(s.rejects(h)) == 0
}

// noFile is the word for a source of files that has found none.
const noFile = "No file yet"

// unfedNotice tells of a source of files that has found none.
func unfedNotice(h book.SourceHealth) web.Notice {
	n := noticeOf(h, web.Warning, noFile)
	n.Says = []string{"No file with a row in it has ever been found where this source looks."}
	n.Do = "Drop a file that its pattern under files matches, and check that the folder is mounted; it is read within a poll_interval."
	n.Manual = []web.Link{{Text: "Which files are read, and when", Href: "./docs/sources#which-files-are-read-and-when"}}
	return n
}

// costs is what is missing without a part of a desk, by type and capability.
var costs = map[string]string{
	"zendesk/calls":                 "calls",
	"zendesk/call_legs":             "whether calls were passed on",
	"zendesk/groups":                "the names of teams",
	"zendesk/metric_events":         "every reply to the second, what SLAs promise, and breaches",
	"zendesk/open_count":            "the drift against the desk's own count",
	"zendesk/queue":                 "how many agents are available",
	"zendesk/satisfaction_ratings":  "the answers to the older survey",
	"zendesk/search":                "unfinished tickets from before the start, unless all tickets are read",
	"zendesk/custom_statuses":       "what statuses of the account's own mean",
	"zendesk/survey_responses":      "the answers to the newer survey",
	"freshdesk/conversations":       "every reply",
	"freshdesk/deleted_tickets":     "that a ticket was deleted",
	"freshdesk/groups":              "the names of teams",
	"freshdesk/ratings":             "ratings",
	"freshdesk/search":              "the drift against the desk's own count",
	"freshdesk/spam_tickets":        "that a ticket is spam",
	"freshdesk/ticket_fields":       "what statuses of your own mean",
	"freshdesk/time_entries":        "handle times",
	"intercom/parts":                "every reply, and exact times of solves and reopenings",
	"intercom/teams":                "the names of teams",
	"intercom/tickets":              "back-office and tracker tickets",
	"intercom/calls":                "calls",
	"intercom/deleted":              "deleted conversations",
	"request_tracker/ticket_count":  "the drift against the desk's own count",
	"request_tracker/users":         "who customers and agents are",
	"request_tracker/custom_fields": "custom fields",
	"request_tracker/attachments":   "what messages are",
}

// withheld tells of the parts of a desk that its source does not see.
func (s *status) withheld(h book.SourceHealth) []web.Notice {
	kind := s.common(h).Type
	var missing []string
	s.each("helpdesk_source_capability", h, func(labels map[string]string, available float64) {
		if available != 0 {
			return
		}
		name := labels["capability"]
		if cost := costs[kind+"/"+name]; cost != "" {
			name += " (" + cost + ")"
		}
		missing = append(missing, name)
	})
	if len(missing) == 0 {
		return nil
	}
	slices.Sort(missing)
	n := noticeOf(h, web.Warning, "Incomplete")
	n.Says = []string{"The desk keeps back, or fails to give: " + strings.Join(missing, "; ") + ". What rests on that is missing or too low; all else is read."}
	n.Do = "See in the log why, then grant the right or change the plan, or switch the part off in the configuration."
	n.Manual = []web.Link{{Text: "What the plan or the rights keep back", Href: "./docs/sources#what-the-plan-or-the-rights-keep-back"}}
	return []web.Notice{n}
}

// rejected tells of records that could not be read, and where they lie.
func (s *status) rejected(h book.SourceHealth) []web.Notice {
	var lost float64
	var reasons []string
	for _, r := range s.rejects(h) {
		lost += r.N
		reasons = append(reasons, r.Of+" "+web.Count(r.N))
	}
	if lost == 0 {
		return nil
	}
	lie := "They lie in rejects/" + h.Name + "/rejects.jsonl under the storage path, with the line and the remedy of each."
	if !s.durable {
		lie = "The exporter keeps nothing on disk, so only the log tells of them."
	}
	n := noticeOf(h, web.Warning, "Rejected records")
	n.Says = []string{
		"Since the exporter started " + web.Count(lost) + " could not be read and are missing from all figures: " + strings.Join(reasons, ", ") + ".", lie,
	}
	n.Do = "Correct the export or the mapping, and drop the file again."
	n.Manual = []web.Link{
		{Text: "A remedy for each reason", Href: "./docs/sources#rejected-rows"},
		{Text: "Runbook", Href: "./docs/runbooks#helpdeskrejects"},
	}
	return []web.Notice{n}
}
