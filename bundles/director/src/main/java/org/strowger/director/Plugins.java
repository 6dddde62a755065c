package org.strowger.director;

import java.util.Map;
import org.strowger.api.CheckProvider;
import org.strowger.api.SchedulerProvider;

/** What is offered by name, for the rules that a wanted configuration must keep. */
record Plugins(Map<String, SchedulerProvider> schedulers, Map<String, CheckProvider> checks) {}
