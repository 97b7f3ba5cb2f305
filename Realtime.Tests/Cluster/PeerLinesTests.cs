using Akka.Event;
using Realtime.Node.Cluster;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cluster;

/// <summary>What remoting says of a node that cannot be reached: one line for one event.</summary>
public sealed class PeerLinesTests
{
    private const string Own = "akka.tcp://realtime@127.0.0.1:1";
    private const string Peer = "akka.tcp://realtime@127.0.0.1:2";
    private const string Other = "akka.tcp://realtime@[::1]:3";

    private readonly ManualClock _clock = new();
    private readonly HashSet<string> _gone = [];
    private readonly PeerLines _lines;

    public PeerLinesTests() => _lines = new PeerLines(_clock);

    [Fact]
    public void Of_all_tries_to_reach_a_node_only_the_first_is_told_until_it_was_quiet_for_a_while()
    {
        IsTold(Error(Peer)).ShouldBeTrue();
        for (var second = 0; second < 100; second++)
        {
            IsTold(Tried(Peer)).ShouldBeFalse();
            _clock.Advance(TimeSpan.FromSeconds(1));
            IsTold(Error(Peer)).ShouldBeFalse();
        }

        _clock.Advance(PeerLines.Silence);
        IsTold(Tried(Peer)).ShouldBeTrue("it was reached meanwhile, or nobody wanted to");
    }

    [Fact]
    public void A_connection_that_ended_is_told_without_the_stack_of_who_noticed_and_lines_of_others_are_left_alone()
    {
        const string Ended = "Association has failed. Reason is: [EndpointDisassociatedException: Disassociated\n   at Akka.Remote.EndpointWriter.PublishAndThrow(Exception reason)\n   at more]";

        PeerLines.WithoutStack(new Warning("remoting (akka://realtime)", typeof(DummyClassForStringSources), Ended))
            .ShouldBe("Association has failed. Reason is: [EndpointDisassociatedException: Disassociated]");
        PeerLines.WithoutStack(new Warning("/user/talker", typeof(PeerLinesTests), Ended)).ShouldBe(Ended);
        PeerLines.WithoutStack(new Warning("remoting (akka://realtime)", typeof(DummyClassForStringSources), "no room")).ShouldBe("no room");
    }

    [Fact]
    public void At_the_very_end_messages_that_cannot_be_sent_any_more_are_not_told_and_other_errors_are()
    {
        OwnOutput.IsNews(new Error(new Akka.Remote.RemoteTransportException("Attempted to send remote message but Remoting is not running.", null), "a", typeof(PeerLinesTests), "x")).ShouldBeFalse();
        OwnOutput.IsNews(new Error(new InvalidOperationException("other"), "a", typeof(PeerLinesTests), "x")).ShouldBeTrue();
        OwnOutput.IsNews(new Error(null, "a", typeof(PeerLinesTests), "x")).ShouldBeTrue();
    }

    [Fact]
    public void Each_node_is_told_of_by_itself()
    {
        IsTold(Error(Peer)).ShouldBeTrue();
        IsTold(Error(Other)).ShouldBeTrue();
        IsTold(Tried(Other)).ShouldBeFalse();
    }

    [Fact]
    public void That_a_node_which_has_left_is_not_reached_is_no_news()
    {
        IsTold(Error(Peer)).ShouldBeTrue("it is a member");
        IsTold(Quarantined(Peer)).ShouldBeTrue("that is another event");
        _gone.Add(Other);
        IsTold(Quarantined(Other)).ShouldBeFalse();
        IsTold(Error(Other)).ShouldBeFalse();
        IsTold(Tried(Other)).ShouldBeFalse();
    }

    [Fact]
    public void What_others_say_and_what_names_no_node_is_told_as_often_as_it_is_said()
    {
        for (var i = 0; i < 2; i++)
        {
            IsTold(new Warning("/user/talker", typeof(PeerLinesTests), $"about {Peer}")).ShouldBeTrue();
            IsTold(new Warning("remoting (akka://realtime)", typeof(DummyClassForStringSources), "no room")).ShouldBeTrue();
        }
    }

    private bool IsTold(LogEvent line) => !_lines.SaysNothingNew(line, _gone.Contains);

    private static Warning Error(string peer) => new(
        "/system/endpointManager/reliableEndpointWriter", typeof(Akka.Remote.RemoteSettings), $"AssociationError [{Own}] -> {peer}: Error [Association failed with {peer}] []");

    private static Warning Tried(string peer) => new(
        "remoting (akka://realtime)",
        typeof(DummyClassForStringSources),
        $"Tried to associate with unreachable remote address [{peer}]. Address is now gated for 1000 ms. Reason: [Association failed with {peer}] Caused by: [reason unknown]");

    private static Warning Quarantined(string peer) => new(
        "remoting", typeof(DummyClassForStringSources), $"Association to [{peer}] having UID [7] is irrecoverably failed. UID is now quarantined.");
}
