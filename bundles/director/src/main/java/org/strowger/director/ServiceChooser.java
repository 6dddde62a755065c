package org.strowger.director;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.strowger.api.AdminState;
import org.strowger.api.Choice;
import org.strowger.api.Chooser;
import org.strowger.api.Explanation;
import org.strowger.api.Flow;
import org.strowger.api.Loads;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerId;
import org.strowger.api.RealServerView;
import org.strowger.api.Scheduler;
import org.strowger.api.Verdict;
import org.strowger.api.VirtualService;

/**
 * The decision for one new connection of one virtual service, in one straight way: in service, then
 * guarded scheduler. Immutable but for the view it lends to the scheduler during a call.
 */
final class ServiceChooser implements Chooser {
  private final VirtualService service;
  private final List<RealServer> reals;
  private final GuardedScheduler scheduler;
  private final View view;

  ServiceChooser(
      VirtualService service, List<RealServer> reals, BitSet up, GuardedScheduler scheduler) {
    this.service = service;
    this.reals = reals;
    this.scheduler = scheduler;
    this.view = new View(reals, up);
  }

  @Override
  public Choice choose(Flow flow, Loads loads, Attempt attempt) {
    if (service.adminState() != AdminState.IN_SERVICE) {
      return new Choice.Refused(Verdict.NOT_IN_SERVICE);
    }
    int index;
    synchronized (scheduler) {
      view.lend(loads, attempt.tried());
      index = scheduler.pick(flow, view);
    }
    if (index != Scheduler.NONE) {
      return new Choice.Chosen(index);
    }
    return new Choice.Refused(
        attempt.tried().isEmpty() ? Verdict.NO_REAL_SERVER : Verdict.CONNECT_FAILED);
  }

  @Override
  public Explanation explain(Flow flow, Loads loads) {
    int index;
    List<Explanation.Candidate> candidates = new ArrayList<>();
    synchronized (scheduler) {
      view.lend(loads, new BitSet());
      index = scheduler.preview(flow, view);
      for (int i = 0; i < view.size(); i++) {
        candidates.add(
            new Explanation.Candidate(
                view.id(i), view.weight(i), view.available(i), view.active(i), view.inactive(i)));
      }
    }
    String chosen = index == Scheduler.NONE ? "none" : reals.get(index).id().toString();
    return new Explanation(service.name(), scheduler.name(), chosen, why(index), candidates);
  }

  private String why(int index) {
    if (service.adminState() != AdminState.IN_SERVICE) {
      return Verdict.NOT_IN_SERVICE.sentence();
    }
    return index == Scheduler.NONE
        ? Verdict.NO_REAL_SERVER.sentence()
        : "the scheduler " + scheduler.name() + " chooses it among the eligible real servers";
  }

  /** What the scheduler sees; lent under the scheduler's lock. */
  private static final class View implements RealServerView {
    private final RealServerId[] ids;
    private final InetSocketAddress[] addresses;
    private final int[] weights;
    private final BitSet up;
    private Loads loads = Loads.NONE;
    private BitSet excluded = new BitSet();

    View(List<RealServer> reals, BitSet up) {
      this.up = up;
      ids = reals.stream().map(RealServer::id).toArray(RealServerId[]::new);
      addresses =
          reals.stream()
              .map(real -> new InetSocketAddress(real.address(), real.port()))
              .toArray(InetSocketAddress[]::new);
      weights =
          reals.stream()
              .mapToInt(real -> real.adminState() == AdminState.IN_SERVICE ? real.weight() : 0)
              .toArray();
    }

    void lend(Loads now, BitSet without) {
      loads = now;
      excluded = without;
    }

    @Override
    public int size() {
      return ids.length;
    }

    @Override
    public RealServerId id(int index) {
      return ids[index];
    }

    @Override
    public InetSocketAddress address(int index) {
      return addresses[index];
    }

    @Override
    public int weight(int index) {
      return weights[index];
    }

    @Override
    public boolean available(int index) {
      return up.get(index) && !excluded.get(index);
    }

    @Override
    public long active(int index) {
      return loads.active(index);
    }

    @Override
    public long inactive(int index) {
      return loads.inactive(index);
    }
  }
}
