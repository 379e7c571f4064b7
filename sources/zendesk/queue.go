package zendesk

import (
	"context"
	"time"

	"helpdesk_exporter/desk"
)

const queuePath = "/channels/voice/stats/current_queue_activity"

// tellAgain is how long it is good to know how many agents there are.
const tellAgain = time.Hour

// readQueue reads how many agents take calls just now. That is told as of the
// target of the round, behind which the desk's own clock is not to be trusted.
func (r *round) readQueue(ctx context.Context) (done bool, err error) {
	var answer struct {
		Activity *struct {
			Agents number `json:"agents_online"`
		} `json:"current_queue_activity"`
	}
	if err := r.get(ctx, queuePath, nil, &answer); err != nil {
		return false, err
	}
	if answer.Activity == nil {
		return false, badAnswer(queuePath, "there is no current_queue_activity in the answer")
	}
	agents, last := answer.Activity.Agents.count(), r.Queue
	if !agents.Set || agents.Value == last.Agents && !last.At.IsZero() && r.Target.Sub(last.At) < tellAgain {
		return true, nil
	}
	r.Queue = queueState{At: r.Target, Agents: agents.Value}
	r.page.Records = append(r.page.Records, desk.Record{
		ID: "talk", Body: &desk.Staffing{At: r.Target, Channel: "phone", Available: agents},
	})
	return true, nil
}
