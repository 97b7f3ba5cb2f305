using Akka.Actor;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Sessions;
using Realtime.Node.Sessions.Core;

namespace Realtime.Tests.Sessions;

/// <summary>What a session remembers of its own life.</summary>
public sealed class SessionChronicleTests
{
    private readonly MachineRig _rig = new();
    private readonly IActorRef _connection = MachineRig.Connection();

    [Fact]
    public void A_life_is_told_from_its_opening_to_its_parking()
    {
        var opened = _rig.Now;
        _rig.OpenAndWrite(_connection);
        _rig.Attach(MachineRig.Connection("c2"));
        _rig.Detach(MachineRig.Connection("c2"), CloseCode.TooSlow);
        _rig.Advance(_rig.Policy.Grace);
        Told().ShouldBe(["opened one", "superseded one", "attached one", "detached one too_slow", "parked one"]);
        var info = Inspect();
        (info.Since, info.History[0].At).ShouldBe((_rig.Now, opened));

        _rig.Reload();
        var tag = _rig.Ask(_connection, inspect => new SessionRequest.Inspect(MachineRig.Id, inspect));
        _rig.Recover();
        info = _rig.Answers[tag].ShouldBeOfType<SessionReply.Inspected>().Info;
        info.History.ShouldBe([new SessionOccurrence(SessionChange.Loaded, _rig.Now, MachineRig.Node, null)]);
        info.Since.ShouldBeNull("it was parked before it was read back");
    }

    [Theory]
    [InlineData(null, "lost")]
    [InlineData(CloseCode.Normal, "normal")]
    [InlineData(CloseCode.Silent, "silent")]
    public void A_detach_says_why(CloseCode? code, string why)
    {
        _rig.Open(_connection);
        _rig.Detach(_connection, code);
        Told()[^1].ShouldBe($"detached one {why}");
    }

    [Fact]
    public void A_connection_whose_end_is_seen_before_its_word_says_why_all_the_same()
    {
        _rig.Open(_connection);
        _rig.Step(new SessionInput.ConnectionStopped(_connection));
        Told()[^1].ShouldBe("detached one lost");

        _rig.Detach(MachineRig.Connection("c2"), CloseCode.Normal).ShouldBeOfType<SessionReply.NotAttached>();
        Told()[^1].ShouldBe("detached one lost");
        _rig.Detach(_connection, CloseCode.Normal).ShouldBeOfType<SessionReply.Done>();
        Told().ShouldBe(["opened one", "detached one normal"]);
    }

    [Fact]
    public void A_request_that_is_sent_again_happens_once()
    {
        _rig.Open(_connection);
        _rig.Attach(_connection, isNew: true);
        _rig.Detach(_connection);
        _rig.Detach(_connection);

        Told().ShouldBe(["opened one", "detached one lost"]);
    }

    [Fact]
    public void A_session_that_is_read_back_by_its_connection_knows_that_it_goes_on()
    {
        var attached = _rig.OpenAndWrite(_connection);

        _rig.ReloadAndAttach(_connection, held: new HeldSession(attached.Attachment, []));

        Told().ShouldBe(["loaded one", "adopted one"]);
    }

    [Fact]
    public void Only_the_last_sixteen_are_kept_in_order()
    {
        var history = new SessionChronicle();
        for (var at = 1; at <= 40; at++)
        {
            history.Add(SessionChange.Attached, at, new NodeId("n"));
            history.ToList().Select(item => item.At).ShouldBe(Enumerable.Range(Math.Max(1, at - 15), Math.Min(at, 16)).Select(i => (long)i));
        }

        history.Since.ShouldBe(40);
        history.Add(SessionChange.Disconnected, 41, null, new string('x', 500));
        history.ToList()[^1].ShouldBe(new SessionOccurrence(SessionChange.Disconnected, 41, null, new string('x', SessionChronicle.LongestWhy)));
    }

    [Fact]
    public void A_session_that_attached_once_pays_less_than_a_hundred_bytes()
    {
        var node = new NodeId("one");
        new SessionChronicle().Add(SessionChange.Opened, 1, node);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var history = new SessionChronicle();
        history.Add(SessionChange.Opened, 1, node);
        (GC.GetAllocatedBytesForCurrentThread() - before + IntPtr.Size).ShouldBeLessThan(100);
        history.ToList().Count.ShouldBe(1);
    }

    private SessionInfo Inspect() => _rig.Answer(MachineRig.Connection("operator"), tag => new SessionRequest.Inspect(MachineRig.Id, tag))
        .ShouldBeOfType<SessionReply.Inspected>().Info;

    private IReadOnlyList<string> Told() =>
        [.. Inspect().History.Select(item => $"{item.What.ToString().ToLowerInvariant()} {item.Node} {item.Why}".TrimEnd())];
}
