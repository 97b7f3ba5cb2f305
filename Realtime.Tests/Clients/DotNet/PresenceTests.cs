using System.Text.Json;
using Realtime.Client;
using Realtime.Client.Core;
using Realtime.Client.Protocol;

namespace Realtime.Tests.Clients.DotNet;

/// <summary>Who is present: changes by revision, and repair when one is missing.</summary>
public sealed class PresenceTests
{
    private readonly MachineDriver _client = new();
    private readonly int _link;

    public PresenceTests()
    {
        _link = _client.Connect();
        _client.Post(new ClientInput.Subscribe("chat:a", new SubscribeOptions()));
        var id = MachineDriver.Id(_client.SentOne(_link, "subscribe"));
        _client.Receive(_link, $$"""{"type":"reply","id":{{id}},"position":"e:0","head":"e:0","members":[{"session":"s1","user":"ann","data":1}],"rev":5}""");
        _client.Events().OfType<ChannelEvent.Roster>().ShouldHaveSingleItem().Revision.ShouldBe(5);
        Members().ShouldBe(["s1"]);
    }

    [Fact]
    public void Changes_that_follow_are_applied_and_delivered()
    {
        Change("joined", "s2", 6);
        Change("changed", "s2", 7);
        Change("left", "s1", 8);

        _client.Events().Select(item => item.GetType()).ShouldBe([typeof(ChannelEvent.Joined), typeof(ChannelEvent.Changed), typeof(ChannelEvent.Left)]);
        Members().ShouldBe(["s2"]);
    }

    [Fact]
    public void A_change_known_already_is_dropped()
    {
        Change("left", "s1", 5);

        _client.Events().ShouldBeEmpty();
    }

    [Fact]
    public void A_missing_revision_asks_for_the_whole_roster_and_loses_nothing_that_came_meanwhile()
    {
        Change("joined", "s3", 7);
        var id = MachineDriver.Id(_client.SentOne(_link, "presence"));
        Change("joined", "s4", 8);
        Change("joined", "s5", 9);
        _client.Sent(_link).ShouldBeEmpty();

        _client.Receive(_link, $$"""{"type":"reply","id":{{id}},"members":[{"session":"s2"},{"session":"s3"},{"session":"s4"}],"count":3,"rev":8}""");

        Members().ShouldBe(["s2", "s3", "s4", "s5"]);
        var events = _client.Events();
        events[0].ShouldBeOfType<ChannelEvent.Roster>().Count.ShouldBe(3);
        events[1].ShouldBeOfType<ChannelEvent.Joined>().Revision.ShouldBe(9);
    }

    [Fact]
    public void A_roster_replaces_what_was_known()
    {
        _client.Receive(_link, """{"type":"roster","channel":"chat:a","members":[{"session":"s9","user":null}],"count":1,"rev":1}""");

        Members().ShouldBe(["s9"]);
    }

    [Fact]
    public void A_roster_in_parts_of_one_revision_is_one_roster_and_another_revision_begins_anew()
    {
        Part("x", 7, more: true);
        _client.Events().ShouldBeEmpty("what was known stands until the whole is there");
        Part("s2", 8, more: true);
        Part("s3", 8, more: true);
        Part("s4", 8, more: false);

        Members().ShouldBe(["s2", "s3", "s4"]);
        _client.Events().ShouldHaveSingleItem().ShouldBeOfType<ChannelEvent.Roster>().Revision.ShouldBe(8);
        Change("joined", "s5", 9);
        Members().ShouldBe(["s2", "s3", "s4", "s5"]);
    }

    [Fact]
    public void A_large_roster_is_asked_for_in_parts_and_changes_that_came_meanwhile_are_applied_on_top()
    {
        Change("joined", "s4", 8);
        Change("left", "s1", 9);
        var id = MachineDriver.Id(_client.SentOne(_link, "presence"));
        _client.Receive(_link, $$"""{"type":"reply","id":{{id}},"members":[{"session":"s1"},{"session":"s2"}],"count":4,"rev":8,"more":true}""");
        var next = _client.SentOne(_link, "presence");
        next.GetProperty("after").GetString().ShouldBe("s2");
        _client.Receive(_link, $$"""{"type":"reply","id":{{MachineDriver.Id(next)}},"members":[{"session":"s3"},{"session":"s4"}],"count":3,"rev":9}""");

        Members().ShouldBe(["s2", "s3", "s4"]);
        _client.Events().Select(item => item.GetType()).ShouldBe([typeof(ChannelEvent.Roster), typeof(ChannelEvent.Left)]);
    }

    [Fact]
    public void A_reply_to_subscribe_without_members_waits_for_them()
    {
        _client.Post(new ClientInput.Subscribe("chat:b", new SubscribeOptions()));
        var id = MachineDriver.Id(_client.SentOne(_link, "subscribe"));
        _client.Receive(_link, $$"""{"type":"reply","id":{{id}},"position":"e:0","head":"e:0","count":2,"rev":4,"more":true}""");
        _client.Events().OfType<ChannelEvent.Roster>().ShouldBeEmpty();
    }

    [Fact]
    public void A_slow_reader_gets_the_roster_instead_of_the_changes_it_missed()
    {
        _client.Post(new ClientInput.Full("chat:a"));
        Change("joined", "s2", 6);
        _client.Events().ShouldBeEmpty();

        _client.Post(new ClientInput.Drained("chat:a"));

        _client.Events().ShouldHaveSingleItem().ShouldBeOfType<ChannelEvent.Roster>().Members.Length.ShouldBe(2);
    }

    [Fact]
    public void An_update_is_said_again_when_the_session_is_resumed_because_the_node_that_answered_it_may_be_lost_before_it_wrote_it_down()
    {
        var news = JsonSerializer.SerializeToElement("new");
        var update = new Request(RequestKind.Update, "chat:a", false, (id, _) => FrameWriter.Update(id, "chat:a", news))
        {
            Grants = before => before with { Presence = news },
        };
        _client.Post(new ClientInput.Ask(update));
        _client.Receive(_link, $$"""{"type":"reply","id":{{MachineDriver.Id(_client.SentOne(_link, "update"))}}}""");

        _client.SentOne(Resume(), "subscribe").GetProperty("presence").GetString().ShouldBe("new");
    }

    [Fact]
    public void What_was_never_updated_is_not_said_again_when_the_session_is_resumed() => _client.Sent(Resume()).ShouldBeEmpty();

    private int Resume()
    {
        _client.Lose(_link);
        _client.Advance(TimeSpan.FromSeconds(10));
        return _client.Welcome("""[{"channel":"chat:a","position":"e:0","head":"e:0"}]""", resumed: true);
    }

    private void Part(string session, long revision, bool more) => _client.Receive(
        _link, $$"""{"type":"roster","channel":"chat:a","members":[{"session":"{{session}}"}],"count":3,"rev":{{revision}}{{(more ? ",\"more\":true" : "")}}}""");

    private void Change(string type, string session, long revision) =>
        _client.Receive(_link, $$"""{"type":"{{type}}","channel":"chat:a","members":[{"session":"{{session}}","user":null,"data":2}],"rev":{{revision}}}""");

    private string[] Members() => [.. _client.Take<ClientEffect.Roster>()[^1].Members.Keys.Order()];
}
