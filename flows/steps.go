package flows

// dialogue is every step, in the order a person meets it. A shipped name lives
// for ever: conversations that stand there are stored.
func dialogue() []*step {
	var all []*step
	all = append(all, welcomeSteps()...)
	all = append(all, storySteps()...)
	all = append(all, factSteps()...)
	all = append(all, evidenceSteps()...)
	all = append(all, letterSteps()...)
	all = append(all, waitingSteps()...)
	all = append(all, answerSteps()...)
	all = append(all, settleSteps()...)
	all = append(all, moneySteps()...)
	all = append(all, ladderSteps()...)
	all = append(all, endSteps()...)
	all = append(all, dangerSteps()...)
	all = append(all, settingsSteps()...)
	return all
}
