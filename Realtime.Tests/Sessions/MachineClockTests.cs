using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Sessions;
using static Realtime.Tests.Sessions.MachineRig;

namespace Realtime.Tests.Sessions;

/// <summary>Attachments grow from owner to owner, also when the clock of the next one is far behind.</summary>
public sealed class MachineClockTests
{
    private static readonly TimeSpan Apart = TimeSpan.FromMinutes(10);

    private readonly MachineRig _before = new();
    private readonly MachineRig _after = new();
    private readonly IActorRef _first = Connection("first");
    private readonly IActorRef _second = Connection("second");
    private readonly IActorRef _third = Connection("third");

    [Fact]
    public void A_connection_that_attaches_again_brings_the_attachment_that_the_record_does_not_know()
    {
        var held = AttachedWithoutRecord();

        Load(tag => AttachOf(held: new HeldSession(held, []))(tag), _second);

        NextAttachment().ShouldBeGreaterThan(held);
    }

    [Fact]
    public void A_grace_time_brings_it_along_when_the_session_moves()
    {
        var held = AttachedWithoutRecord();

        Load(_ => new SessionRequest.ContinueGrace(Id, held, _after.Now + 60_000), ActorRefs.Nobody);

        NextAttachment().ShouldBeGreaterThan(held);
    }

    [Fact]
    public void The_last_word_of_a_connection_that_ends_meanwhile_brings_it_along()
    {
        var held = AttachedWithoutRecord();

        Load(tag => new SessionRequest.Detach(Id, tag, null, held), _second);

        NextAttachment().ShouldBeGreaterThan(held);
    }

    [Fact]
    public void A_client_that_counts_its_attempts_does_not_depend_on_clocks_when_the_owner_is_lost()
    {
        var held = AttachedWithoutRecord(attempt: 7);

        NextAttachment(attempt: 8, hasToLoad: true).ShouldBeGreaterThan(held);
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(1, false)]
    public void One_that_does_not_count_and_whose_owner_is_lost_needs_clocks_that_differ_by_less_than_the_time_between_its_hellos(
        int behindTheTimeBetween, bool isNewer)
    {
        var held = AttachedWithoutRecord();
        _after.Advance(Apart - TimeSpan.FromMilliseconds(behindTheTimeBetween));

        (NextAttachment(hasToLoad: true) > held).ShouldBe(isNewer);
    }

    /// <summary>The record knows the first connection; a plain reconnect writes nothing.</summary>
    private Attachment AttachedWithoutRecord(long? attempt = null)
    {
        _before.OpenAndWrite(_first, attempt: attempt - 1);
        _after.Stored = _before.Stored;
        _after.Advance(TimeSpan.FromMilliseconds(_before.Now - _after.Now));
        _before.Advance(Apart);
        return _before.Attach(_second, attempt: attempt).ShouldBeOfType<SessionReply.Attached>().Attachment;
    }

    private void Load(Func<long, SessionRequest> request, IActorRef from)
    {
        _after.Ask(from, request);
        _after.Recover();
    }

    private Attachment NextAttachment(long? attempt = null, bool hasToLoad = false)
    {
        var tag = _after.Ask(_third, AttachOf(attempt: attempt));
        if (hasToLoad)
        {
            _after.Recover();
        }

        return _after.Answers[tag].ShouldBeOfType<SessionReply.Attached>().Attachment;
    }
}
