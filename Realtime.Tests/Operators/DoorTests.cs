using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Node.Hosting.Configuration;
using Realtime.Node.Operations.Listener;
using Realtime.Tests.Support;

namespace Realtime.Tests.Operators;

public sealed class DoorTests
{
    private const string Key = "an-operator-key-of-the-test";
    private readonly ManualClock _clock = new();

    [Fact]
    public void Without_a_key_only_this_machine_is_believed_wherever_the_listener_is()
    {
        var door = Door(new OperatorPolicy { Key = null, IsLoopback = true });

        door.Look(From("127.0.0.1"), OperatorRight.Act).Refusal.ShouldBeNull();
        door.Look(From("192.0.2.7"), OperatorRight.View).Refusal!.Status.ShouldBe(403);
    }

    [Fact]
    public void Who_is_refused_for_want_of_a_key_is_told_its_name_in_the_configuration()
    {
        var door = Door(OperatorRules.ToPolicy(new OperatorOptions(), loopback: true));

        door.Look(From("192.0.2.7"), OperatorRight.View).Refusal!.Detail.ShouldBe("Without a configured Realtime:Operator:Key only this machine may ask.");
    }

    [Fact]
    public void A_network_listener_goes_by_the_key_and_takes_any_name()
    {
        var door = Door(new OperatorPolicy { Key = Key, IsLoopback = false });

        door.Look(From("192.0.2.7", Key, "ops.example.com"), OperatorRight.Act).Refusal.ShouldBeNull();
        door.Look(From("192.0.2.7", null, "ops.example.com"), OperatorRight.View).Refusal!.Status.ShouldBe(401);
        door.Look(From("127.0.0.1"), OperatorRight.View).Refusal!.Status.ShouldBe(401, "nobody is believed for where he sits");
    }

    [Fact]
    public void Wrong_keys_are_bounded_by_address_and_the_right_one_of_another_address_is_not_kept_out()
    {
        var door = Door(new OperatorPolicy { Key = Key, IsLoopback = false });
        for (var i = 0; i < WrongKeys.Burst; i++)
        {
            door.Look(From("192.0.2.7", $"guess-number-{i:0000}"), OperatorRight.View).RetryAfter.ShouldBe(0);
        }

        // Not even looked at: an answer would tell whether the guess was right.
        var refused = door.Look(From("192.0.2.7", Key), OperatorRight.View);
        refused.Refusal!.Status.ShouldBe(401);
        refused.RetryAfter.ShouldBeGreaterThan(0);
        door.Look(From("192.0.2.8", Key), OperatorRight.View).Refusal.ShouldBeNull();

        _clock.Advance(TimeSpan.FromSeconds(refused.RetryAfter));
        door.Look(From("192.0.2.7", Key), OperatorRight.View).Refusal.ShouldBeNull();
    }

    [Fact]
    public void The_first_wrong_key_of_a_burst_is_worth_a_line()
    {
        var wrong = new WrongKeys();
        var address = IPAddress.Parse("192.0.2.7");

        wrong.Note(address, 0).ShouldBeTrue();
        wrong.Note(address, 100).ShouldBeFalse();
        wrong.Note(address, 60_000).ShouldBeTrue();
    }

    [Fact]
    public void More_addresses_than_are_remembered_share_one_budget()
    {
        var wrong = new WrongKeys();
        for (var i = 0; i < 400; i++)
        {
            wrong.Note(new IPAddress([10, 0, (byte)(i >> 8), (byte)i]), 0);
        }

        wrong.MayTry(IPAddress.Parse("192.0.2.7"), 0).ShouldBeFalse();
        wrong.MayTry(IPAddress.Parse("10.0.0.1"), 0).ShouldBeTrue("it has shown one wrong key, and is known");
        wrong.MayTry(IPAddress.Parse("192.0.2.7"), 60_000).ShouldBeTrue();
    }

    [Fact]
    public void A_caller_who_gives_a_name_is_noted_by_it_and_cannot_pass_for_another_key()
    {
        var door = Door(new OperatorPolicy { Key = Key, IsLoopback = false });
        var context = From("192.0.2.7", Key);
        context.Request.Headers[OperatorDoor.OperatorHeader] = "ada) (view key\u0007";

        door.Look(context, OperatorRight.Act).Caller.Who.ShouldBe("key (ada view key)");
    }

    [Fact]
    public void Keys_never_show_in_what_is_printed() => new OperatorPolicy { Key = Key, ViewKey = "view-" + Key }.ToString().ShouldNotContain(Key);

    private OperatorDoor Door(OperatorPolicy policy) => new(policy, _clock, NullLogger<OperatorDoor>.Instance);

    private static DefaultHttpContext From(string address, string? key = null, string host = "localhost")
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(address);
        context.Request.Scheme = "http";
        context.Request.Host = new HostString(host, 9080);
        if (key is not null)
        {
            context.Request.Headers.Authorization = $"Bearer {key}";
        }

        return context;
    }
}
