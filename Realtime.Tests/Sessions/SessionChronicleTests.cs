using Realtime.Cluster.Journal;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Exports;
using Realtime.Messages.Ids;
using Realtime.Node.Sessions.Core;

namespace Realtime.Tests.Sessions;

/// <summary>What a session remembers of its own life.</summary>
public sealed class SessionChronicleTests
{
    private readonly SessionRig _rig = new();

    [Fact]
    public void A_life_is_told_from_its_opening_to_its_parking()
    {
        _rig.Open();
        _rig.Now += 10;
        _rig.Attach();
        _rig.Now += 10;
        _rig.Ask(new SessionRequest.Detach(_rig.Machine.Attachment) { Why = CloseCode.TooSlow });
        _rig.Now += 10;
        _rig.Fire(SessionTimer.Grace);
        Told().ShouldBe(["opened one", "superseded one", "attached one", "detached one too_slow", "parked one"]);
        var account = Inspect();
        (account.Since, account.History[0].At).ShouldBe((_rig.Now, 1_000_000));
        _rig.Finish();

        _rig.Reload();
        account = Inspect();
        account.History.ShouldBe([new SessionOccurrence(SessionChange.Loaded, _rig.Now, SessionRig.Node, null)]);
        account.Since.ShouldBeNull("it was parked before it was loaded");
    }

    [Theory]
    [InlineData(null, "lost")]
    [InlineData(CloseCode.Normal, "normal")]
    [InlineData(CloseCode.Silent, "silent")]
    public void A_detach_says_why(CloseCode? code, string why)
    {
        _rig.Open();
        _rig.Ask(new SessionRequest.Detach(_rig.Machine.Attachment) { Why = code });
        Told()[^1].ShouldBe($"detached one {why}");
    }

    [Fact]
    public void A_question_that_is_sent_again_happens_once()
    {
        _rig.Open();
        _rig.Ask(new SessionRequest.Attach(SessionRig.Node, _rig.Connection, true, null));
        _rig.Hold(_rig.Machine.Attachment);
        _rig.Detach();
        _rig.Detach();

        Told().ShouldBe(["opened one", "detached one lost"]);
    }

    [Fact]
    public void An_owner_that_was_lost_leaves_an_adopted_session()
    {
        var attached = _rig.OpenAndWrite();
        _rig.Reload();
        _rig.Ask(new SessionRequest.Orphaned());
        Told().ShouldBe(["loaded one", "adopted one"]);

        _rig.Hold(attached.Attachment).ShouldBeOfType<SessionReply.Done>();
        Told().ShouldBe(["loaded one", "adopted one", "adopted one"]);
        _rig.LoseHolder();
        Told()[^1].ShouldBe("detached one node lost");
    }

    [Fact]
    public void History_goes_along_with_a_hand_off_and_the_move_is_part_of_it()
    {
        _rig.OpenAndWrite();
        var since = _rig.Now;
        _rig.Now += 500;
        _rig.HandOff();
        _rig.TakeOver();

        Told().ShouldBe(["opened one", "moved one"]);
        (Inspect().Since, Inspect().History[^1].At).ShouldBe((since, _rig.Now));
    }

    [Fact]
    public void An_exporter_that_knows_more_or_less_is_understood()
    {
        _rig.OpenAndWrite();
        _rig.HandOff();
        _rig.Exported!.History.Add(new ExportedOccurrence { What = 999, At = 5, Node = "x" });
        _rig.Exported.ClearSince();
        _rig.TakeOver();
        Told().ShouldBe(["opened one", "moved one"]);
        Inspect().Since.ShouldBeNull();

        _rig.HandOff();
        _rig.Exported!.History.Clear();
        _rig.TakeOver();
        Told().ShouldBe(["moved one"]);
    }

    [Fact]
    public void Only_the_last_sixteen_are_kept_in_order()
    {
        var history = new SessionChronicle();
        for (var at = 1; at <= 40; at++)
        {
            history.Add(SessionChange.Attached, at, new NodeId("n"), null);
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

    private SessionAccount Inspect() => _rig.Answers[_rig.Ask(new SessionRequest.Inspect())].ShouldBeOfType<SessionReply.Inspected>().Account;

    private IReadOnlyList<string> Told() =>
        [.. Inspect().History.Select(item => $"{item.What.ToString().ToLowerInvariant()} {item.Node} {item.Why}".TrimEnd())];
}
