package app

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"helpdesk_exporter/book"
	"helpdesk_exporter/poll"
	"helpdesk_exporter/sources"
	"helpdesk_exporter/web"
)

// advice is what a failure means and what to do about it. The failure's own
// words stay in the log: they may name hosts, and the page may have other
// readers.
type advice struct{ says, do, manual string }

// adviceOn has an advice for each reason for which a poll fails.
var adviceOn = map[sources.Reason]advice{
	sources.ReasonUnreadable: {
		"A file or a folder could not be read.",
		"Check that it exists, is mounted, and that the exporter's user may read it.",
		"./docs/sources#which-files-are-read-and-when",
	},
	sources.ReasonCanceled: {
		"The poll was broken off before its end.",
		"Nothing: the next poll reads what this one left.",
		"./docs/operations#trying-the-sources",
	},
	sources.ReasonUnreachable: {
		"The desk gave no answer: no connection, none in time, or a fault of its server to the end.",
		"Check the network, proxy_url and tls_config, and whether the desk itself is down.",
		"./docs/sources#limits-failures-pauses",
	},
	sources.ReasonRefused: {
		"The desk refused the credentials, or they lack a right, a scope or a plan.",
		"Renew the credentials or grant what the log names, then try them with helpdesk_exporter check.",
		"./docs/sources#limits-failures-pauses",
	},
	sources.ReasonRateLimited: {
		"The desk wants fewer requests, and waiting was not enough.",
		"Set rate_limit or a longer poll_interval, and see who else uses up the account's limit.",
		"./docs/sources#limits-failures-pauses",
	},
	sources.ReasonBadAnswer: {
		"What answered is not what the desk documents, such as a login page or an address that does not exist.",
		"Check url, and whether a proxy answers in the place of the desk.",
		"./docs/sources#limits-failures-pauses",
	},
	sources.ReasonInternal: {
		"The exporter met something that it did not expect.",
		"See Poll failed in the log; this may be a fault of the exporter that is worth a report.",
		"./docs/operations#troubleshooting",
	},
}

// storageAdvice is about pages that were read and could not be kept.
var storageAdvice = advice{
	"What was read could not be written to the state.",
	"Make room on its disk, or mend it: nothing is lost, what was not kept is read again.",
	"./docs/operations#the-disk-is-full",
}

// notices returns what a person should do something about, the worst first.
func (s *status) notices() []web.Notice {
	var notices []web.Notice
	if ok, known := s.figure("helpdesk_config_last_reload_successful", nil); known && ok == 0 {
		notices = append(notices, web.Notice{
			State: web.Bad, Word: "Reload failed", Title: "the configuration in the file was refused",
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
		}
	}
	for _, h := range s.health {
		notices = append(notices, s.withheld(h)...)
		notices = append(notices, s.rejected(h)...)
	}
	return notices
}

func titleOf(h book.SourceHealth) string {
	if h.Desk == h.Name {
		return "source " + strconv.Quote(h.Name)
	}
	return fmt.Sprintf("source %q of desk %q", h.Name, h.Desk)
}

// failing tells of a source whose last poll failed.
func (s *status) failing(h book.SourceHealth, reading poll.Status) web.Notice {
	what := storageAdvice
	if !errors.Is(reading.Failure, poll.ErrStorage) {
		what = adviceOn[sources.ReasonOf(reading.Failure)]
	}
	says := what.says + " It has been failing since " + web.Clock(reading.Failing, s.now) + ", " + web.Since(reading.Failing, s.now) + "."
	return web.Notice{
		State: web.Bad, Word: "Failing", Title: titleOf(h), Says: []string{says, s.stays(h)},
		Do: what.do, Manual: []web.Link{
			{Text: "More on this failure", Href: what.manual},
			{Text: "Runbook", Href: "./docs/runbooks#helpdesksourcedown"},
		},
	}
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
	says := "Its polls succeed, and nothing new came within " + s.common(h).ExpectEvery.String() + "."
	if !h.LastEvent.IsZero() {
		says += " The newest event that it told of was at " + web.Clock(h.LastEvent, s.now) + "."
	}
	if time.Duration(s.common(h).StaleAfter) < s.now.Sub(h.LastSuccess) {
		says = "It was not read to its end since " + web.Clock(h.LastSuccess, s.now) + "."
	}
	return web.Notice{
		State: web.Bad, Word: "Stale", Title: titleOf(h), Says: []string{says, "Its gauges are hidden; its counters stay."},
		Do:     "Ask whoever drops the files or runs the desk whether it went quiet.",
		Manual: []web.Link{{Text: "Runbook", Href: "./docs/runbooks#helpdesksourcestale"}},
	}
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
	return []web.Notice{{
		State: web.Warning, Word: "Incomplete", Title: titleOf(h),
		Says: []string{"The desk keeps back, or fails to give: " + strings.Join(missing, "; ") + ". What rests on that is missing or too low; all else is read."},
		Do:   "See in the log why, then grant the right or change the plan, or switch the part off in the configuration.",
		Manual: []web.Link{
			{Text: "What the plan or the rights keep back", Href: "./docs/sources#what-the-plan-or-the-rights-keep-back"},
		},
	}}
}

// rejected tells of records that could not be read, and where they lie.
func (s *status) rejected(h book.SourceHealth) []web.Notice {
	var n float64
	var reasons []string
	for _, r := range s.rejects(h) {
		n += r.N
		reasons = append(reasons, r.Of+" "+web.Count(r.N))
	}
	if n == 0 {
		return nil
	}
	lie := "They lie in rejects/" + h.Name + "/rejects.jsonl under the storage path, with the line and the remedy of each."
	if !s.durable {
		lie = "The exporter keeps nothing on disk, so only the log tells of them."
	}
	return []web.Notice{{
		State: web.Warning, Word: "Rejected records", Title: titleOf(h),
		Says: []string{"Since the exporter started " + web.Count(n) + " could not be read and are missing from all figures: " + strings.Join(reasons, ", ") + ".", lie},
		Do:   "Correct the export or the mapping, and drop the file again.",
		Manual: []web.Link{
			{Text: "A remedy for each reason", Href: "./docs/sources#rejected-rows"},
			{Text: "Runbook", Href: "./docs/runbooks#helpdeskrejects"},
		},
	}}
}
