using Realtime.Cluster.Journal;
using Realtime.Node.Channels;
using Realtime.Node.Channels.Core;

namespace Realtime.Tests.Channels;

/// <summary>How a channel gets another owner.</summary>
internal static class ChannelMoves
{
    /// <summary>The shard goes to another owner, with what this one knows; what it had not begun is asked of the new one.</summary>
    /// <param name="settle">Does something about the append under way, until it is no longer.</param>
    public static void HandOff(this ChannelRig rig, Action? settle = null)
    {
        rig.Step(ChannelInput.Ending.Instance);
        while (rig.Machine.IsAppending)
        {
            (settle ?? (() => rig.Write()))();
        }

        rig.Step(ChannelInput.Ended.Instance);
        var state = rig.Machine.Export(rig.Now);
        foreach (var trim in rig.Appends)
        {
            trim.Messages.ShouldBeEmpty("an append was begun after the end");
            rig.Store.Append(trim);
        }

        rig.Appends.Clear();
        rig.Open(state.IsEmpty ? null : ChannelStateReader.Read(ChannelStateWriter.ToBytes(state)));
        AskAgain(rig);
    }

    /// <summary>Another owner has taken the shard: the append under way is not written, and what waited is asked of that one.</summary>
    public static void TakeAway(this ChannelRig rig)
    {
        while (!rig.WasFenced)
        {
            rig.Step(new ChannelInput.Written(rig.TakeAppend(), WriteOutcome.Fenced));
        }

        rig.Appends.ShouldAllBe(append => append.Messages.Count == 0);
        rig.Reopen();
        AskAgain(rig);
    }

    private static void AskAgain(ChannelRig rig)
    {
        var again = rig.HandedOver.ToArray();
        rig.HandedOver.Clear();
        foreach (var (request, from) in again)
        {
            rig.Step(new ChannelInput.Asked(request, from));
        }
    }
}
