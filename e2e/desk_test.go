package e2e

import "strings"

// The desk of most tests: tickets, calls and survey answers in folders of
// their own. A poll every 100ms and no settling keep the tests quick.
const globals = `
global:
  poll_interval: 100ms
  windows: [1d, 7d]
service_levels:
  - {name: phone, threshold: 20s, short_abandon: 5s, abandons: negative, objective: 0.8}
surveys:
  - {name: after-ticket, kind: csat, scale: {min: 1, max: 5}}
`

const ticketSource = `
  - name: tickets
    desk: acme
    type: csv
    directory: drops/tickets
    settle: 0s
    record: ticket
    columns:
      id: id
      created_at: created
      updated_at: updated
      status: status
      priority: priority
      channel: channel
      team: team
      first_response_at: answered
      solved_at: solved
`

const ticketHeader = "id,created,updated,status,priority,channel,team,answered,solved"

const callSource = `
  - name: calls
    desk: acme
    type: csv
    directory: drops/calls
    settle: 0s
    record: call
    columns: {id: id, arrived_at: arrived, outcome: outcome, wait_seconds: wait, talk_seconds: talk, queue: queue}
`

const callHeader = "id,arrived,outcome,wait,talk,queue"

const surveySource = `
  - name: answers
    desk: acme
    type: csv
    directory: drops/answers
    settle: 0s
    record: survey
    columns: {id: id, survey: "=after-ticket", ticket: ticket, responded_at: at, score: score}
`

const surveyHeader = "id,ticket,at,score"

// configOf returns a configuration of these sources.
func configOf(sources ...string) string {
	return globals + "sources:\n" + strings.Join(sources, "")
}
