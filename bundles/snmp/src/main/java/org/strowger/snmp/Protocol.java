package org.strowger.snmp;

import org.snmp4j.MessageDispatcherImpl;
import org.snmp4j.SNMP4JSettings;
import org.snmp4j.mp.CounterSupport;
import org.snmp4j.mp.MPv2c;
import org.snmp4j.mp.MPv3;
import org.snmp4j.mp.MessageProcessingModel;
import org.snmp4j.security.SecurityModel;
import org.snmp4j.security.SecurityModels;
import org.snmp4j.security.SecurityProtocols;
import org.snmp4j.security.SecurityProtocols.SecurityProtocolSet;
import org.snmp4j.security.TSM;
import org.snmp4j.security.USM;
import org.snmp4j.security.UsmTimeEntry;

/**
 * SNMPv3 with USM, and TSM for what comes over TLS: version 1 is not even decoded, nor is version
 * 2c unless there is a community. The agent has two: one answers and knows its users at its own
 * engine only, so that no stranger's packet makes it store an engine or compute a key; the other
 * sends notifications and learns the engines of its targets. Neither registers anything in SNMP4J's
 * static registries, which outlive this bundle.
 */
record Protocol(MessageDispatcherImpl dispatcher, USM usm, SecurityProtocols algorithms) {
  static Protocol of(Engine engine, ProtocolCounters counters, boolean learnsEngines) {
    SecurityProtocols algorithms = new SecurityProtocols(SecurityProtocolSet.defaultSecurity);
    CounterSupport support = new CounterSupport();
    support.addCounterListener(counters);
    USM usm = new USM(algorithms, engine.id(), engine.boots(), support);
    usm.setEngineDiscoveryEnabled(learnsEngines);
    // Without discovery the table of engines has only what is put there, ours included.
    usm.getTimeTable().addEntry(new UsmTimeEntry(engine.id(), engine.boots(), 0));
    // A manager with a wrong user name or key is told so; a report it could not read is no help.
    SNMP4JSettings.setReportSecurityLevelStrategy(
        SNMP4JSettings.ReportSecurityLevelStrategy.noAuthNoPrivIfNeeded);
    TSM tsm = new TSM(engine.id(), false, support);
    SecurityModels models = SecurityModels.getCollection(new SecurityModel[] {usm, tsm});
    MessageDispatcherImpl dispatcher = new MessageDispatcherImpl();
    dispatcher.addMessageProcessingModel(
        new MPv3(engine.id().getValue(), null, algorithms, models, support));
    dispatcher.addCounterListener(counters);
    return new Protocol(dispatcher, usm, algorithms);
  }

  /** Whether version 2c is decoded. */
  void speakVersion2(boolean wanted) {
    MessageProcessingModel known =
        dispatcher.getMessageProcessingModel(MessageProcessingModel.MPv2c);
    if (wanted && known == null) {
      dispatcher.addMessageProcessingModel(new MPv2c());
    } else if (!wanted && known != null) {
      dispatcher.removeMessageProcessingModel(known);
    }
  }
}
