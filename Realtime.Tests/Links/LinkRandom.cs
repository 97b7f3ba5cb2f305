using System.Reflection;
using Realtime.Cluster.Links;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Messages.Traces;

namespace Realtime.Tests.Links;

/// <summary>
/// Random frames, made from the declarations of the records: a field that is added to one takes part at once, and a codec that forgets it
/// fails.
/// </summary>
internal sealed class LinkRandom(int seed)
{
    private const string Letters = "abcxyz019-_.:é漢ß";

    private static readonly NullabilityInfoContext Nullability = new();
    private static readonly Lock NullabilityGate = new();

    private readonly Random _random = new(seed);

    /// <param name="type">One of <see cref="LinkFamilies.All"/>.</param>
    public LinkFrame FrameOf(Type type)
    {
        if (typeof(EntityMessage).IsAssignableFrom(type))
        {
            var to = typeof(ChannelRequest).IsAssignableFrom(type) ? EntityAddress.Of(Channel()) : EntityAddress.Of(Session());
            return new LinkFrame.Request(Any(), Shard(), 1 + Whole(), to, (EntityMessage)Record(type));
        }

        return typeof(EntityReply).IsAssignableFrom(type) ? new LinkFrame.Reply(Any(), (EntityReply)Record(type))
            : typeof(NodeMessage).IsAssignableFrom(type) ? new LinkFrame.News((NodeMessage)Record(type))
            : (LinkFrame)Record(type);
    }

    private object? Value(Type type, bool nullable)
    {
        if (nullable && _random.Next(3) == 0)
        {
            return null;
        }

        type = Nullable.GetUnderlyingType(type) ?? type;
        return type switch
        {
            _ when type == typeof(bool) => _random.Next(2) == 0,
            _ when type == typeof(int) => (int)(Whole() & int.MaxValue),
            _ when type == typeof(long) => Whole(),
            _ when type == typeof(ulong) => (ulong)Any(),
            _ when type == typeof(double) => _random.NextDouble() * Whole(),
            _ when type == typeof(string) => Text(0, 30),
            _ when type == typeof(ReadOnlyMemory<byte>) => (ReadOnlyMemory<byte>)Bytes(),
            _ when type == typeof(Payload) => new Payload(Bytes(), _random.Next(2) == 0),
            _ when type == typeof(ChannelName) => Channel(),
            _ when type == typeof(SessionId) => Session(),
            _ when type == typeof(UserId) => new UserId(Text(1, 60)),
            _ when type == typeof(NodeId) => new NodeId("node-" + _random.Next(100)),
            _ when type == typeof(ProducerId) => ProducerId.FromStore("producer_" + _random.Next()),
            _ when type == typeof(Epoch) => new Epoch((ulong)Whole() | 1),
            _ when type == typeof(EntityAddress) => _random.Next(2) == 0 ? EntityAddress.Of(Channel()) : EntityAddress.Of(Session()),
            _ when type == typeof(TraceContext) => Trace(),
            _ when type == typeof(StartFrom) => Record(Pick(typeof(StartFrom).GetNestedTypes())),
            _ when type.IsEnum => Pick(Enum.GetValues(type).Cast<object>().ToArray()),
            _ when type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) => List(type.GetGenericArguments()[0]),
            _ => Record(type),
        };
    }

    private object Record(Type type)
    {
        var constructor = type.GetConstructors().OrderByDescending(constructor => constructor.GetParameters().Length).First();
        var parameters = constructor.GetParameters();
        var record = constructor.Invoke([.. parameters.Select(parameter => Value(parameter.ParameterType, !type.IsGenericType && IsNullable(parameter)))]);
        if (type.IsGenericType)
        {
            return record;
        }

        foreach (var property in type.GetProperties().Where(property => property.CanWrite && !parameters.Any(parameter => parameter.Name == property.Name)))
        {
            property.SetValue(record, Value(property.PropertyType, IsNullable(property)));
        }

        return record;
    }

    private Array List(Type item)
    {
        var list = Array.CreateInstance(item, _random.Next(4));
        for (var i = 0; i < list.Length; i++)
        {
            list.SetValue(Value(item, false), i);
        }

        return list;
    }

    private static bool IsNullable(ParameterInfo parameter)
    {
        lock (NullabilityGate)
        {
            return Nullability.Create(parameter).WriteState is NullabilityState.Nullable;
        }
    }

    private static bool IsNullable(PropertyInfo property)
    {
        lock (NullabilityGate)
        {
            return Nullability.Create(property).WriteState is NullabilityState.Nullable;
        }
    }

    private long Any() => _random.NextInt64(long.MinValue, long.MaxValue);

    /// <summary>Of every size, not only the largest.</summary>
    private long Whole() => _random.NextInt64(long.MaxValue) >> _random.Next(1, 63);

    private ShardId Shard() => new(_random.Next(16_384));

    private SessionId Session() => new(new UInt128((ulong)Any(), (ulong)Any() | 1));

    private TraceContext Trace()
    {
        var bytes = new byte[TraceContext.Bytes];
        _random.NextBytes(bytes);
        (bytes[0], bytes[^1]) = ((byte)(bytes[0] | 1), (byte)(bytes[^1] | 1));
        return TraceContext.Read(bytes)!;
    }

    private ChannelName Channel() => ChannelName.Parse("c" + Text(0, 40));

    private byte[] Bytes()
    {
        var bytes = new byte[_random.Next(_random.Next(10) == 0 ? 5_000 : 20)];
        _random.NextBytes(bytes);
        return bytes;
    }

    private string Text(int least, int most) =>
        string.Concat(Enumerable.Range(0, _random.Next(least, most + 1)).Select(_ => Letters[_random.Next(Letters.Length)]));

    private T Pick<T>(T[] from) => from[_random.Next(from.Length)];
}
