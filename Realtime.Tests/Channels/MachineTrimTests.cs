using Realtime.Messages.Channels;
using Realtime.Messages.Positions;
using Realtime.Node.Channels;
using Realtime.Node.Channels.Core;
using Realtime.Node.Namespaces;

namespace Realtime.Tests.Channels;

/// <summary>History is bounded by count, bytes and age; what is gone is a gap, and offsets go on.</summary>
public sealed class MachineTrimTests
{
    [Theory]
    [InlineData(Durability.Journal)]
    [InlineData(Durability.Memory)]
    public void A_log_keeps_so_many_messages(Durability durability)
    {
        var rig = new MachineRig(new NamespacePolicy("chat") { Durability = durability, History = new HistoryLimits { Count = 5 } });
        for (var i = 1; i <= 12; i++)
        {
            rig.Publish($"m{i}");
            rig.Commit();
        }

        (rig.Machine.Log.Tail, rig.Machine.Log.Head).ShouldBe((8, 12));
        var page = rig.Read(2);
        page.Gap.ShouldBe(new GapNotice(GapReason.Trimmed, new StreamPosition(rig.Machine.Log.Epoch, 7), 3, 7));
        page.Messages.Select(MachineRig.TextOf).ShouldBe(["m8", "m9", "m10", "m11", "m12"]);
    }

    [Fact]
    public void A_log_keeps_so_many_bytes_and_after_a_restart_too()
    {
        var rig = new MachineRig(new NamespacePolicy("chat") { History = new HistoryLimits { Bytes = 64 * 1024 } });
        for (var i = 0; i < 100; i++)
        {
            rig.Publish(new string('x', 2000));
            rig.Commit();
            if (i % 30 == 10)
            {
                rig.Restart(snapshotAt: i / 2);
            }
        }

        var kept = (rig.Log.Head - rig.Log.Tail + 1) * 2064;
        kept.ShouldBeInRange(64 * 1024 - (16 * 2064), 64 * 1024 + (16 * 2064));
    }

    [Fact]
    public void A_batch_larger_than_the_history_keeps_its_newest_messages_even_when_the_bytes_are_over_too()
    {
        var rig = new MachineRig(new NamespacePolicy("chat") { History = new HistoryLimits { Count = 3, Bytes = 100 } });
        rig.Publish("first");
        for (var i = 0; i < 10; i++)
        {
            rig.Publish($"m{i}");
        }

        rig.Commit();

        (rig.Log.Tail, rig.Machine.Log.Tail, rig.Log.Head).ShouldBe((9, 9, 11));
    }

    [Fact]
    public void A_message_larger_than_the_whole_history_is_still_kept()
    {
        var rig = new MachineRig(new NamespacePolicy("chat") { History = new HistoryLimits { Bytes = 100 } });
        rig.Fill(3);

        rig.Publish(new string('x', 5000));
        rig.Commit();

        rig.Read(3).Messages.Select(message => message.Offset).ShouldBe([4]);
    }

    [Fact]
    public void The_server_trims_a_log_of_its_own_once_nothing_is_being_written()
    {
        var rig = new MachineRig();
        rig.Fill(5);
        rig.Publish("under way");
        rig.Get<ChannelReply.Retry>(tag => new ChannelRequest.Trim(MachineRig.Name, tag, 3));
        rig.Commit();
        rig.Get<ChannelReply.Noted>(tag => new ChannelRequest.Trim(MachineRig.Name, tag, 3));
        rig.Read(0).Messages.Select(message => message.Offset).ShouldBe([4, 5, 6]);
        rig.Commit();
        rig.Log.Tail.ShouldBe(4);

        rig.Get<ChannelReply.Noted>(tag => new ChannelRequest.Trim(MachineRig.Name, tag, 2));
        rig.Get<ChannelReply.Noted>(tag => new ChannelRequest.Trim(MachineRig.Name, tag, 99));
        rig.Commit();
        (rig.Machine.Log.IsEmpty, rig.Log.Tail).ShouldBe((true, 7));
        rig.Publish("next");
        rig.Commit();
        rig.Machine.Log.Head.ShouldBe(7);
    }

    [Theory]
    [InlineData(Durability.Journal)]
    [InlineData(Durability.Memory)]
    public void What_is_past_its_age_is_hidden_at_once_and_trimmed_when_it_is_due(Durability durability)
    {
        var rig = new MachineRig(
            new NamespacePolicy("chat") { Durability = durability, History = new HistoryLimits { Age = TimeSpan.FromHours(1) } },
            new ChannelPolicy { RecentMessages = 2 });
        rig.Listen();
        for (var i = 1; i <= 4; i++)
        {
            rig.Publish($"m{i}");
            rig.Commit();
            rig.Now += 1000;
        }

        rig.Now += 3_600_000 - 2000;
        rig.Read(0).Gap!.Position.Offset.ShouldBe(2);
        rig.Read(2).Messages.Select(message => message.Offset).ShouldBe([3, 4]);
        rig.Machine.Due!.Value.ShouldBeLessThanOrEqualTo(rig.Now);
        rig.Step(ChannelInput.Tick.Instance);
        rig.Commit();
        rig.Machine.Log.KeptTail.ShouldBe(3);
        rig.Log.Tail.ShouldBe(durability is Durability.Journal ? 3 : 1);
        rig.Machine.Due!.Value.ShouldBeGreaterThan(rig.Now);

        rig.Now += 3_600_000;
        rig.Step(ChannelInput.Tick.Instance);
        rig.Commit();
        rig.Machine.Log.IsEmpty.ShouldBeTrue();
        rig.Publish("next");
        rig.Commit();
        rig.Machine.Log.Head.ShouldBe(5);
    }

    [Fact]
    public void A_channel_that_comes_into_memory_leaves_it_again_only_when_all_past_its_age_is_trimmed()
    {
        var rig = new MachineRig(
            new NamespacePolicy("chat") { History = new HistoryLimits { Age = TimeSpan.FromHours(1) } },
            new ChannelPolicy { RecentMessages = 2, PassivateAfter = TimeSpan.FromSeconds(1) });
        rig.Fill(2500);
        rig.Now += 3_599_000;
        rig.Fill(2);
        rig.Now += 2_000;
        rig.Restart();
        rig.ServesReads = false;
        rig.Get<ChannelReply.Inspected>(tag => new ChannelRequest.Inspect(MachineRig.Name, tag, Brief: true));

        rig.Machine.Due!.Value.ShouldBeLessThanOrEqualTo(rig.Now, "it looks as soon as it has recovered");
        rig.Now += 10_000;
        rig.Step(ChannelInput.Tick.Instance);
        rig.Reads.ShouldHaveSingleItem();
        rig.Machine.CanPassivate.ShouldBeFalse("it is looking");
        rig.ServesReads = true;
        rig.ServeReads();
        var steps = 0;
        while (rig.Log.Sent.Count > 0)
        {
            steps++;
            rig.Commit();
            rig.Others.OfType<ChannelEffect.Passivate>().ShouldBeEmpty();
            rig.Now = rig.Machine.Due!.Value;
            rig.Step(ChannelInput.Tick.Instance);
        }

        (steps, rig.Log.Tail).ShouldBe((3, 2501));
        rig.Others.OfType<ChannelEffect.Passivate>().ShouldHaveSingleItem();
    }

    [Fact]
    public void A_clock_that_jumped_ahead_does_not_empty_a_log_in_one_step()
    {
        var rig = new MachineRig(new NamespacePolicy("chat") { History = new HistoryLimits { Age = TimeSpan.FromHours(1) } });
        for (var i = 0; i < 1500; i++)
        {
            rig.Publish("x");
        }

        rig.Commit();
        rig.Now += 36_000_000;
        rig.Listen();
        rig.Step(ChannelInput.Tick.Instance);
        rig.Commit();
        rig.Machine.Log.KeptTail.ShouldBe(1001);
    }
}
