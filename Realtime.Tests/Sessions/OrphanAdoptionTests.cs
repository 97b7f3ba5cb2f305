using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Cluster.Journal;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Node.Sessions;
using Realtime.Tests.Journal;
using Realtime.Tests.Support;

namespace Realtime.Tests.Sessions;

/// <summary>Sessions whose owner went down hear of it.</summary>
public sealed class OrphanAdoptionTests : ISessionStore
{
    private const int Shards = 4;

    private readonly ManualClock _clock = new();
    private readonly AskedCluster _cluster = new(Shards, 0);
    private readonly List<SessionId> _rows = [.. Enumerable.Range(1, OrphanAdoption.Page + 40).Select(id => new SessionId((UInt128)id))];
    private int _failures;
    private int _reads;

    [Fact]
    public async Task Every_session_of_the_shards_is_told_and_no_other()
    {
        ShardId[] mine = [new(1), new(3)];
        var wanted = _rows.Select(EntityAddress.Of).Where(address => mine.Contains(_cluster.View.ShardOf(address))).ToHashSet();
        var adopted = Adopt(mine);

        for (var left = wanted.Count; left > 0; left--)
        {
            var question = await _cluster.NextAsync("a session to be told");
            wanted.Remove(question.To).ShouldBeTrue("each is told once");
            question.Message.ShouldBeOfType<SessionRequest.Orphaned>();
            question.Answer(new SessionReply.Done());
        }

        await adopted.Within("the adoption");
        _cluster.TryNext(out _).ShouldBeFalse();
        _reads.ShouldBe(2);
    }

    [Fact]
    public async Task The_next_page_waits_for_the_answers_to_the_last()
    {
        var adopted = Adopt(null);
        var first = new List<AskedCluster.Question>();
        while (first.Count < OrphanAdoption.Page)
        {
            first.Add(await _cluster.NextAsync("the first page"));
        }

        _cluster.TryNext(out _).ShouldBeFalse();
        first.ForEach(question => question.Answer(new SessionReply.Done()));
        for (var rest = 0; rest < 40; rest++)
        {
            (await _cluster.NextAsync("the second page")).Answer(new SessionReply.Done());
        }

        await adopted.Within("the adoption");
    }

    [Fact]
    public async Task A_store_that_does_not_answer_is_asked_again_and_so_is_a_session_that_is_refused()
    {
        _failures = 2;
        _rows.RemoveRange(1, _rows.Count - 1);
        var adopted = Adopt(null);
        (await NextInTimeAsync("the session")).Answer(new EntityReply.Refused(ErrorCode.Unavailable, "cannot be loaded"));
        (await NextInTimeAsync("the session again")).Answer(new SessionReply.Done());

        await adopted.Within("the adoption");
        _reads.ShouldBe(3);
    }

    public ValueTask<IReadOnlyList<SessionId>> AttachedAsync(
        IReadOnlyCollection<ShardId>? shards, SessionId after, int limit, CancellationToken cancellation = default)
    {
        _reads++;
        return _failures-- > 0
            ? throw new StoreUnavailableException("not now")
            : ValueTask.FromResult<IReadOnlyList<SessionId>>([.. _rows.Where(row => row.Value > after.Value).Take(limit)]);
    }

    public ValueTask<StoredSession?> LoadAsync(SessionId session, CancellationToken cancellation = default) => throw new NotSupportedException();

    void ISessionStore.Put(SessionWrite write, IWriteReceiver receiver) => throw new NotSupportedException();

    public ValueTask<int> SweepAsync(long now, int limit, CancellationToken cancellation = default) => throw new NotSupportedException();

    /// <summary>Lets the pauses between attempts pass.</summary>
    private async Task<AskedCluster.Question> NextInTimeAsync(string what)
    {
        AskedCluster.Question? question = null;
        await Deadline.Until(
            () =>
            {
                _clock.Advance(TimeSpan.FromMilliseconds(500));
                return _cluster.TryNext(out question);
            },
            what);
        return question!;
    }

    private Task Adopt(IReadOnlyCollection<ShardId>? shards) =>
        new OrphanAdoption(this, _cluster, _clock, new SessionLogging(NullLogger<SessionLogging>.Instance))
            .AdoptAsync(shards, TestContext.Current.CancellationToken);
}
