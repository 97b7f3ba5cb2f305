using Akka.Actor;
using Realtime.Messages.Ids;
using Realtime.Messages.Sessions;
using Realtime.Node.Persistence;
using Realtime.Node.Sessions;
using Realtime.Node.Telemetry;
using Realtime.Tests.Persistence;

namespace Realtime.Tests.Sessions;

/// <summary>The cluster's search for sessions that expire, over a store and sessions that a test plays.</summary>
[Collection(ActorSystems.Name)]
public sealed class IdleSessionSweepTests : SweepStage
{
    private readonly IdleSweepPolicy _policy = new() { PageSize = 2 };
    private readonly PagedStore _store = new();

    public IdleSessionSweepTests()
    {
        Sweep = Sys.ActorOf(IdleSessionSweep.Props(Entities.Ref, _store, _policy, Logging));
    }

    private protected override IActorRef Sweep { get; }

    [Fact]
    public void Candidates_are_asked_page_by_page_and_the_next_page_waits_for_the_answers()
    {
        _store.Idle(1, 2, 3);
        Tick(_policy.Pause);
        var first = Asked();
        var second = Asked();
        Answer(first);
        Tick(_policy.PagePause);
        _store.Reads.ShouldBe(1, "one has not answered");

        Answer(second);
        AwaitTick(_policy.PagePause, () => _store.Reads == 2);
        Answer(Asked());

        new[] { first.Session, second.Session }.ShouldBe([new SessionId(1), new SessionId(2)]);
    }

    [Fact]
    public void A_session_that_does_not_answer_is_left_to_the_next_round()
    {
        _store.Idle(1);
        Tick(_policy.Pause);
        Asked();
        AwaitTick(_policy.AnswerWithin, () => Lines(LogEvents.SweepUnanswered).Count > 0);
        Lines(LogEvents.SweepUnanswered)[0].Values["Count"].ShouldBe(1);

        AwaitTick(_policy.Pause, () => Entities.HasMessages);
        Asked().Session.ShouldBe(new SessionId(1));
    }

    [Fact]
    public void A_store_that_does_not_answer_is_asked_again()
    {
        _store.Failing = true;
        _store.Idle(1);
        Tick(_policy.Pause);
        AwaitAssert(() => Lines(LogEvents.SweepFails).ShouldHaveSingleItem().Exception.ShouldBeOfType<TimeoutException>(), Deadline);
        _store.Failing = false;

        AwaitTick(_policy.Pause, () => Entities.HasMessages);
        Asked().Session.ShouldBe(new SessionId(1));
    }

    [Fact]
    public void Sessions_that_have_ended_are_forgotten_and_not_asked()
    {
        _store.Ended(7);
        _store.Idle(8);
        Tick(_policy.Pause);

        Asked().Session.ShouldBe(new SessionId(8));
        AwaitAssert(() => _store.Forgotten.ShouldBe([new SessionId(7)]), Deadline);
    }

    [Fact]
    public void EndedEntities_that_could_not_be_forgotten_are_a_line_in_the_log_and_forgotten_in_the_next_round()
    {
        _store.Forgets = false;
        _store.Ended(7);
        Tick(_policy.Pause);
        AwaitAssert(() => Lines(LogEvents.EndedLogsNotDeleted).ShouldHaveSingleItem().Values["Count"].ShouldBe(1), Deadline);
        _store.Forgets = true;

        AwaitTick(_policy.Pause, () => _store.Forgotten.Contains(new SessionId(7)));
    }

    [Fact]
    public void OnlyEntities_that_were_written_a_time_to_live_ago_are_candidates()
    {
        Tick(_policy.Pause);
        AwaitAssert(() => _store.Before.ShouldBe(Clock.Now - _policy.TimeToLive), Deadline);
    }

    private SessionRequest.ExpireIfIdle Asked() => Entities.ExpectMsg<SessionRequest.ExpireIfIdle>(Deadline);

    private void Answer(SessionRequest.ExpireIfIdle request) => Sweep.Tell(new SessionReply.Kept(request.Tag), Entities.Ref);

    private sealed class PagedStore : IIdleSessions
    {
        private readonly Lock _lock = new();
        private readonly List<IdleSession> _rows = [];
        private readonly List<SessionId> _forgotten = [];
        private int _reads;

        public volatile bool Failing;

        public volatile bool Forgets = true;

        public int Reads => Volatile.Read(ref _reads);

        public DateTimeOffset Before { get; private set; }

        public IReadOnlyList<SessionId> Forgotten
        {
            get
            {
                lock (_lock)
                {
                    return [.. _forgotten];
                }
            }
        }

        public void Idle(params ReadOnlySpan<int> sessions)
        {
            foreach (var session in sessions)
            {
                _rows.Add(new IdleSession(new SessionId((UInt128)session), 1, false));
            }
        }

        public void Ended(int session) => _rows.Add(new IdleSession(new SessionId((UInt128)session), 2, true));

        public Task<SweepPage<IdleSession, SessionLogCursor>> ReadAsync(
            DateTimeOffset writtenBefore, SessionLogCursor after, int most, CancellationToken cancellation = default)
        {
            Before = writtenBefore;
            Interlocked.Increment(ref _reads);
            if (Failing)
            {
                return Task.FromException<SweepPage<IdleSession, SessionLogCursor>>(new TimeoutException("the store does not answer"));
            }

            var page = _rows.Skip((int)after.Row).Take(most).ToList();
            var end = after.Row + page.Count;
            return Task.FromResult(new SweepPage<IdleSession, SessionLogCursor>(page, end < _rows.Count ? new SessionLogCursor(0, end) : null));
        }

        public Task ForgetAsync(IReadOnlyList<IdleSession> ended, CancellationToken cancellation = default)
        {
            if (!Forgets)
            {
                return Task.FromException(new TimeoutException("the store does not answer"));
            }

            lock (_lock)
            {
                _forgotten.AddRange(ended.Select(session => session.Session));
            }

            return Task.CompletedTask;
        }
    }
}
