package conversions

import (
	"fmt"
	"strconv"
	"strings"

	fleetv1beta1 "example.com/fleet/api/fleet/v1beta1"
)

// ToSchedule reads a time of day, such as 07:30. What is none has no hour and no minute.
func ToSchedule(in string) fleetv1beta1.RobotSpecSchedule {
	hour, minute, _ := strings.Cut(in, ":")
	return fleetv1beta1.RobotSpecSchedule{Hour: number(hour), Minute: number(minute)}
}

func number(text string) *int32 {
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return nil
	}
	return new(int32(n))
}

// FromSchedule is the way back. A time without an hour or a minute has an empty text there.
func FromSchedule(in fleetv1beta1.RobotSpecSchedule) string {
	return text(in.Hour) + ":" + text(in.Minute)
}

func text(n *int32) string {
	if n == nil {
		return ""
	}
	return fmt.Sprintf("%02d", *n)
}
