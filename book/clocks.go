package book

import (
	"helpdesk_exporter/desk"
)

// ClockInfo tells whose clock a desk's durations in business hours run by.
type ClockInfo struct {
	Desk     string
	Duration string // first_response, reply, full_resolution, requester_wait
	From     string // source: the desk tells them; calendar: they are worked out
	Calendar string // whose hours they are worked out in, empty where the desk tells
}

// Clocks returns the clocks of all desks that have durations in business hours,
// in the order of the configuration. A desk has several for one duration where
// its sources have calendars of their own.
func (b *Book) Clocks() []ClockInfo {
	var all []ClockInfo
	seen := map[ClockInfo]bool{}
	for _, config := range b.Sources {
		s := b.sources[config.Name]
		if !s.brings(desk.KindTicket) {
			continue
		}
		for _, d := range [...]struct {
			name string
			time desk.BusinessTimes
		}{
			{"first_response", desk.BusinessFirstResponse},
			{"reply", desk.BusinessReply},
			{"full_resolution", desk.BusinessResolution},
			{"requester_wait", desk.BusinessRequesterWait},
		} {
			info := ClockInfo{Desk: s.Desk, Duration: d.name, From: "source"}
			if !s.clocks.Told.Tells(d.time) {
				info.From, info.Calendar = "calendar", s.Calendar
			}
			if s.clocks.Calendar == nil && info.From == "calendar" || seen[info] {
				continue
			}
			seen[info] = true
			all = append(all, info)
		}
	}
	return all
}
