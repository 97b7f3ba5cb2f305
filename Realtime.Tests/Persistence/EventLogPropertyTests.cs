using FsCheck;
using FsCheck.Fluent;
using Realtime.Messages.Ids;
using Realtime.Node.Persistence;
using Realtime.Node.Persistence.Core;

namespace Realtime.Tests.Persistence;

/// <summary>
/// Entities on three nodes, two of them at once if it comes to that, write one log while writes fail, lose their answers or arrive late, and
/// actors, entities and leases come and go at any point. Whatever happens: no answer is ever wrong, and there is one history.
/// </summary>
public sealed class EventLogPropertyTests
{
    private const int Nodes = 3;

    private static readonly LogLimits Small = new()
    {
        EventMessages = 3, SnapshotEvents = 5, SnapshotPatience = 2, IndexEvents = 2, DeleteRows = 2, SessionEvents = 3,
    };

    public enum Move
    {
        Start,
        Append,
        AppendAndTrim,
        TrimAll,
        Commit,
        CommitUnanswered,
        Fail,
        FailForCertain,
        TimeOut,
        Arrive,
        Die,
        Replace,
        LoseLease,
        RegainLease,
    }

    [Fact]
    public void No_answer_about_a_channels_append_is_ever_wrong() => Check(LogKind.Channel, 1_500);

    [Fact]
    public void No_answer_about_a_sessions_record_is_ever_wrong() => Check(LogKind.Session, 1_500);

    private static void Check(LogKind kind, int runs) =>
        Prop.ForAll(Runs(), moves => Run(kind, moves))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(runs).WithStartSize(20).WithEndSize(160).WithQuietOnSuccess(true));

    private static Arbitrary<(Move Move, int Node)[]> Runs() => Gen.Frequency(
            (6, Gen.Constant(Move.Start)),
            (8, Gen.Constant(Move.Append)),
            (2, Gen.Constant(Move.AppendAndTrim)),
            (1, Gen.Constant(Move.TrimAll)),
            (9, Gen.Constant(Move.Commit)),
            (1, Gen.Constant(Move.CommitUnanswered)),
            (1, Gen.Constant(Move.Fail)),
            (2, Gen.Constant(Move.FailForCertain)),
            (2, Gen.Constant(Move.TimeOut)),
            (2, Gen.Constant(Move.Arrive)),
            (1, Gen.Constant(Move.Die)),
            (1, Gen.Constant(Move.Replace)),
            (1, Gen.Constant(Move.LoseLease)),
            (2, Gen.Constant(Move.RegainLease)))
        .SelectMany(move => Gen.Frequency((6, Gen.Constant(0)), (3, Gen.Constant(1)), (1, Gen.Constant(2))).Select(node => (move, node)))
        .ArrayOf().ToArbitrary();

    private static bool Run(LogKind kind, (Move Move, int Node)[] moves)
    {
        var world = new LogWorld(kind, Small);
        var gone = new List<LogEntity>();
        var entities = Enumerable.Range(1, Nodes).Select(node => new LogEntity(world, new Incarnation(node))).ToArray();
        for (var i = 0; i < moves.Length; i++)
        {
            var (move, node) = moves[i];
            var entity = entities[node];
            switch (move)
            {
                case Move.Start:
                    entity.Start();
                    break;
                case Move.Append:
                    entity.Append();
                    break;
                case Move.AppendAndTrim:
                    entity.Append(trimTo: Math.Max(entity.Tail, entity.Messages.Count - 3));
                    break;
                case Move.TrimAll when kind is LogKind.Channel && entity.Messages.Count > 0:
                    entity.Trim(entity.Messages[^1].Offset + 1);
                    break;
                case Move.Commit:
                    entity.Commit();
                    break;
                case Move.CommitUnanswered:
                    entity.Commit(answerIsLost: true);
                    break;
                case Move.Fail:
                    entity.Fail();
                    break;
                case Move.FailForCertain:
                    entity.Fail(isCertain: true);
                    break;
                case Move.TimeOut:
                    entity.TimeOut();
                    break;
                case Move.Arrive when world.Limbo > 0:
                    world.Arrive(i);
                    break;
                case Move.Die:
                    entity.Die();
                    break;
                case Move.Replace:
                    gone.Add(entity);
                    entity.TimeOut();
                    entities[node] = new LogEntity(world, new Incarnation(node + 1));
                    break;
                case Move.LoseLease or Move.RegainLease:
                    entity.HoldsLease = move is Move.RegainLease;
                    break;
            }

            if (entity.IsFenced)
            {
                gone.Add(entity);
                entities[node] = new LogEntity(world, new Incarnation(node + 1));
            }
        }

        while (world.Limbo > 0)
        {
            world.Arrive(0);
        }

        world.Check();
        foreach (var entity in gone.Concat(entities))
        {
            entity.Check();
        }

        return true;
    }
}
