using FsCheck;
using FsCheck.Fluent;

namespace Realtime.Tests.Membership;

/// <summary>What goes wrong in a simulated cluster, in seconds of true time.</summary>
/// <param name="Node">Which node; nobody's in particular for an outage.</param>
internal sealed record SimulatedFault(SimulatedFault.Kind What, int Node, double Start, double Length)
{
    public enum Kind
    {
        /// <summary>The store answers nobody.</summary>
        Outage,

        /// <summary>The store does not answer this node.</summary>
        Cut,

        /// <summary>The process is stopped and goes on later; its clock does not stand still.</summary>
        Pause,

        /// <summary>The process is killed and started again later.</summary>
        Restart,

        /// <summary>The process is killed.</summary>
        Kill,
    }

    public double End => What == Kind.Kill ? double.PositiveInfinity : Start + Length;

    /// <summary>Faults of all kinds; the nodes of the last half are spared but for outages.</summary>
    public static Gen<SimulatedFault[]> Schedules(int nodes) =>
        from count in Gen.Choose(0, 6)
        from faults in Gen.ArrayOf(
            from what in Gen.Elements(Enum.GetValues<Kind>())
            from node in Gen.Choose(0, (nodes - 1) / 2)
            from start in Gen.Choose(0, 600)
            from length in Gen.Choose(1, 300)
            select new SimulatedFault(what, node, start / 10.0, length / 10.0), count)
        select faults;

    public bool Holds(Kind what, int node, double now) =>
        What == what && (what == Kind.Outage || Node == node) && now >= Start && now < End;
}
