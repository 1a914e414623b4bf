package conversions

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// ToMatchLabels makes a selector of the labels that objects must have.
func ToMatchLabels(in map[string]string) metav1.LabelSelector {
	return metav1.LabelSelector{MatchLabels: in}
}

// FromMatchLabels leaves out what is no label; it is kept for the other version.
func FromMatchLabels(in metav1.LabelSelector) map[string]string {
	if in.MatchLabels == nil {
		return map[string]string{}
	}
	return in.MatchLabels
}
