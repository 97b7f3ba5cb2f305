using Realtime.Messages.Cluster;
using Realtime.Messages.Ids;
using Realtime.Messages.Wire.Cluster;

namespace Realtime.Node.Cluster.Serialization;

/// <summary><see cref="PlanRequest"/> and <see cref="PlanReply"/> ↔ protobuf.</summary>
internal static class PlanCodec
{
    public static WireFamily Requests { get; } = new WireFamily(typeof(PlanRequest))
        .With<PlanRequest.Drain, DrainBody>("pd", DrainBody.Parser, drain => new() { Node = drain.Node.Name }, body => new(new NodeId(body.Node)))
        .With<PlanRequest.Undrain, UndrainBody>("pu", UndrainBody.Parser, undrain => new() { Node = undrain.Node.Name }, body => new(new NodeId(body.Node)))
        .With<PlanRequest.Leave, LeaveBody>(
            "pl",
            LeaveBody.Parser,
            leave => new() { Node = leave.Node.Name, Address = leave.Member.Address, Uid = leave.Member.Uid },
            body => new(new NodeId(body.Node), new MemberKey(body.Address, body.Uid)))
        .With<PlanRequest.Pause, PauseBody>("pp", PauseBody.Parser, pause => new() { UntilMs = pause.UntilMs }, body => new(body.UntilMs))
        .With<PlanRequest.Resume, ResumeBody>("pr", ResumeBody.Parser, _ => new(), _ => new())
        .With<PlanRequest.Move, MoveBody>(
            "pm",
            MoveBody.Parser,
            move => new() { Kind = (int)move.Kind, Shard = move.Shard.Value, Target = move.Target.Name },
            body => new(WireValues.ToEnum<EntityKind>(body.Kind), new ShardId(body.Shard), new NodeId(body.Target)))
        .With<PlanRequest.Settle, SettleBody>(
            "ps",
            SettleBody.Parser,
            settle => new() { Kind = (int)settle.Kind, Shard = settle.Shard.Value, Target = settle.Target.Name, IsThere = settle.IsThere },
            body => new(WireValues.ToEnum<EntityKind>(body.Kind), new ShardId(body.Shard), new NodeId(body.Target), body.IsThere));

    public static WireFamily Replies { get; } = new WireFamily(typeof(PlanReply))
        .With<PlanReply.Judged, JudgedBody>(
            "pj", JudgedBody.Parser, judged => new() { Answer = (int)judged.Answer }, body => new(WireValues.ToEnum<PlanAnswer>(body.Answer)));
}
