package org.strowger.jmx;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.management.openmbean.ArrayType;
import javax.management.openmbean.CompositeDataSupport;
import javax.management.openmbean.OpenDataException;
import javax.management.openmbean.OpenType;
import org.strowger.api.Alarm;
import org.strowger.api.AlarmProfile;
import org.strowger.api.AlarmRecord;
import org.strowger.api.AlarmShelf;
import org.strowger.api.AlarmType;
import org.strowger.api.BundleView;
import org.strowger.api.Connection;
import org.strowger.api.Explanation;
import org.strowger.api.RevisionSummary;
import org.strowger.api.Talker;
import org.strowger.api.Verdict;
import org.strowger.api.VirtualServiceCounters;

/** The row types: names of the items are the component names of the records in api. */
final class Rows {
  static final OpenData<Alarm> ALARM =
      new OpenData.Builder<Alarm>()
          .number("index", Alarm::index)
          .text("type", alarm -> alarm.type().word())
          .number("major", alarm -> (long) alarm.type().major())
          .number("minor", alarm -> (long) alarm.type().minor())
          .text("resource", Alarm::resource)
          .text("severity", alarm -> alarm.severity().word())
          .text("text", Alarm::text)
          .text("raisedTime", alarm -> alarm.raisedTime().toString())
          .number("raisedTimeMillis", alarm -> alarm.raisedTime().toEpochMilli())
          .text("changedTime", alarm -> alarm.changedTime().toString())
          .number("changedTimeMillis", alarm -> alarm.changedTime().toEpochMilli())
          .number("sequence", Alarm::sequence)
          .number("eventType", alarm -> (long) alarm.type().eventType())
          .number("probableCause", alarm -> (long) alarm.type().probableCause())
          .text("repairText", alarm -> alarm.type().repairText())
          .text("originalSeverity", alarm -> alarm.originalSeverity().word())
          .number("raiseSequence", Alarm::raiseSequence)
          .number("rootCause", Alarm::rootCause)
          .flag("serviceAffecting", Alarm::serviceAffecting)
          .flag("flapping", Alarm::flapping)
          .number("transitions", Alarm::transitions)
          .number("suppressed", Alarm::suppressed)
          .flag("shelved", Alarm::shelved)
          .text("acknowledgedBy", Alarm::acknowledgedBy)
          .build("Alarm");

  static final OpenData<AlarmRecord> ALARM_RECORD =
      new OpenData.Builder<AlarmRecord>()
          .number("number", AlarmRecord::number)
          .text("kind", line -> line.kind().word())
          .text("time", line -> line.time().toString())
          .flag("notified", AlarmRecord::notified)
          .item("alarm", ALARM.type(), line -> ALARM.row(line.alarm()))
          .build("AlarmRecord");

  static final OpenData<AlarmShelf> ALARM_SHELF =
      new OpenData.Builder<AlarmShelf>()
          .text("name", AlarmShelf::name)
          .text("type", shelf -> shelf.type().map(AlarmType::word).orElse(""))
          .text("resource", AlarmShelf::resource)
          .text("until", shelf -> shelf.until().map(String::valueOf).orElse(""))
          .text("comment", AlarmShelf::comment)
          .build("AlarmShelf");

  static final OpenData<Map.Entry<AlarmType, AlarmProfile>> ALARM_PROFILE =
      new OpenData.Builder<Map.Entry<AlarmType, AlarmProfile>>()
          .text("type", each -> each.getKey().word())
          .text("severity", each -> each.getValue().severity().word())
          .flag("enabled", each -> each.getValue().enabled())
          .text("raiseDelay", each -> OpenData.words(each.getValue().raiseDelay()))
          .text("clearDelay", each -> OpenData.words(each.getValue().clearDelay()))
          .number("flapCount", each -> (long) each.getValue().flapCount())
          .text("flapWindow", each -> OpenData.words(each.getValue().flapWindow()))
          .build("AlarmProfile");

  static final OpenData<AlarmType> ALARM_TYPE =
      new OpenData.Builder<AlarmType>()
          .text("type", AlarmType::word)
          .number("major", type -> (long) type.major())
          .number("minor", type -> (long) type.minor())
          .text("defaultSeverity", type -> type.defaultSeverity().word())
          .number("eventType", type -> (long) type.eventType())
          .number("probableCause", type -> (long) type.probableCause())
          .text("repairText", AlarmType::repairText)
          .build("AlarmType");

  static final OpenData<BundleView> BUNDLE =
      new OpenData.Builder<BundleView>()
          .number("bundleId", BundleView::bundleId)
          .text("name", BundleView::name)
          .text("version", BundleView::version)
          .text("state", bundle -> bundle.state().word())
          .number("startLevel", bundle -> (long) bundle.startLevel())
          .text("lastModified", bundle -> bundle.lastModified().toString())
          .build("Bundle");

  static final OpenData<RevisionSummary> REVISION =
      new OpenData.Builder<RevisionSummary>()
          .number("number", RevisionSummary::number)
          .text("time", revision -> revision.time().toString())
          .number("timeMillis", revision -> revision.time().toEpochMilli())
          .text("originKind", revision -> revision.origin().kind().word())
          .text("user", revision -> revision.origin().user())
          .text("source", revision -> revision.origin().source())
          .text("comment", RevisionSummary::comment)
          .build("Revision");

  static final OpenData<VirtualServiceCounters> VERDICTS = verdicts();

  static final OpenData<Explanation.Candidate> CANDIDATE =
      new OpenData.Builder<Explanation.Candidate>()
          .text("id", candidate -> candidate.id().toString())
          .number("weight", candidate -> (long) candidate.weight())
          .flag("available", Explanation.Candidate::available)
          .number("active", Explanation.Candidate::active)
          .number("inactive", Explanation.Candidate::inactive)
          .build("Candidate");

  static final OpenData<Explanation> EXPLANATION =
      new OpenData.Builder<Explanation>()
          .text("service", Explanation::service)
          .text("scheduler", Explanation::scheduler)
          .text("chosen", Explanation::chosen)
          .text("why", Explanation::why)
          .item("candidates", array(CANDIDATE.type()), e -> candidates(e.candidates()))
          .build("Explanation");

  static final OpenData<Connection> CONNECTION =
      new OpenData.Builder<Connection>()
          .number("id", Connection::id)
          .text("service", Connection::service)
          .text("protocol", connection -> connection.protocol().word())
          .text("client", connection -> OpenData.text(connection.client()))
          .text("real", connection -> connection.real().toString())
          .text("state", Connection::state)
          .number("ageMillis", connection -> connection.age().toMillis())
          .number("idleMillis", connection -> connection.idle().toMillis())
          .number("bytesIn", Connection::bytesIn)
          .number("bytesOut", Connection::bytesOut)
          .build("Connection");

  static final OpenData<Talker> TALKER =
      new OpenData.Builder<Talker>()
          .text("name", Talker::name)
          .number("connections", Talker::connections)
          .number("bytesIn", Talker::bytesIn)
          .number("bytesOut", Talker::bytesOut)
          .build("Talker");

  private Rows() {}

  private static OpenData<VirtualServiceCounters> verdicts() {
    OpenData.Builder<VirtualServiceCounters> row = new OpenData.Builder<>();
    Arrays.stream(Verdict.values()).forEach(v -> row.number(v.word(), c -> c.count(v)));
    return row.build("Verdicts");
  }

  private static CompositeDataSupport[] candidates(List<Explanation.Candidate> candidates) {
    return candidates.stream().map(CANDIDATE::row).toArray(CompositeDataSupport[]::new);
  }

  static OpenType<?> array(OpenType<?> of) {
    try {
      return new ArrayType<>(1, of);
    } catch (OpenDataException e) {
      throw new IllegalArgumentException("no array of " + of.getTypeName(), e);
    }
  }
}
