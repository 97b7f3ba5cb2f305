using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Reflection;
using FsCheck;
using FsCheck.Fluent;
using Realtime.Messages.Channels;
using Realtime.Messages.Cluster;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Messages.Traces;

namespace Realtime.Tests.Cluster.Serialization;

/// <summary>
/// Generates messages of any type from its constructor and its init properties, so that one that gets a new property is tested with it at once.
/// </summary>
internal static class WireMessages
{
    private static readonly ConcurrentDictionary<Type, Gen<object>> Known = new()
    {
        [typeof(bool)] = Gen.Elements(true, false).Select(Boxed),
        [typeof(int)] = Gen.OneOf(Gen.Choose(-3, 300), Gen.Elements(int.MinValue, int.MaxValue)).Select(Boxed),
        [typeof(long)] = Int64().Select(Boxed),
        [typeof(ulong)] = Int64().Select(number => Boxed((ulong)number)),
        [typeof(double)] = Gen.Elements(0.0, -0.5, 12.25, 1e9, double.Epsilon, double.MaxValue).Select(Boxed),
        [typeof(UInt128)] = from high in Int64() from low in Int64() select Boxed(new UInt128((ulong)high, (ulong)low)),
        [typeof(string)] = Text().Select(Boxed),
        [typeof(ChannelName)] = Gen.Elements("room:1", "@ann", "$closed:a", "chat", "räume:ü😀").Select(name => Boxed(ChannelName.Parse(name))),
        [typeof(ProducerId)] = Gen.Elements("p-1", "A.b_c", "0", "~server").Select(id => Boxed(ProducerId.FromStore(id))),
        [typeof(SessionId)] = from high in Int64() from low in Int64() select Boxed(new SessionId(new UInt128((ulong)high, (ulong)low | 1))),
        [typeof(ShardSet)] = Gen.Choose(0, EntityShards.Count - 1).ArrayOf().Select(shards => Boxed(ShardSet.Of(shards.Select(shard => new ShardId(shard))))),
        [typeof(Payload)] =
            from bytes in Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf()
            from isBinary in Gen.Elements(true, false)
            select Boxed(new Payload(bytes, isBinary)),
        [typeof(TraceContext)] = Gen.Choose(1, 255).Select(number => Boxed(
            new TraceContext(
                ActivityTraceId.CreateFromBytes([.. Enumerable.Repeat((byte)number, 16)]),
                ActivitySpanId.CreateFromBytes([.. Enumerable.Repeat((byte)number, 8)])))),
    };

    /// <summary>All that are sent: what stands under an abstract record of a room of Realtime.Messages.</summary>
    public static IReadOnlyList<Type> All { get; } =
    [
        .. typeof(ChannelRequest).Assembly.GetExportedTypes()
            .Where(type => type is { IsAbstract: false, IsClass: true } && IsOfRoom(type) && FamilyOf(type)?.Assembly == type.Assembly)
            .OrderBy(type => type.FullName, StringComparer.Ordinal),
    ];

    /// <summary>The abstract record that the message stands under, directly or not.</summary>
    public static Type? FamilyOf(Type type)
    {
        Type? family = null;
        for (var above = type.BaseType; above is not null && above != typeof(object); above = above.BaseType)
        {
            family = above.IsAbstract ? above : family;
        }

        return family;
    }

    public static Gen<object> Of(Type type) => Known.GetOrAdd(type, static type => type == typeof(ChannelRequest.PublishMany) ? Made(type).Select(OfOneChannel) : Made(type));

    /// <summary>What is published together is for the channel of the request, which is written once.</summary>
    private static object OfOneChannel(object made)
    {
        var many = (ChannelRequest.PublishMany)made;
        return many with { Publishes = [.. many.Publishes.Select(publish => publish with { Channel = many.Channel })] };
    }

    private static bool IsOfRoom(Type type) => type.Namespace is { } name
        && name.StartsWith("Realtime.Messages.", StringComparison.Ordinal)
        && name.Split('.')[2] is not ("Entities" or "Errors" or "Frames" or "Ids" or "Persisted" or "Positions" or "Traces" or "Wire");

    private static Gen<object> Made(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            return Of(inner);
        }

        if (type.IsEnum)
        {
            return Gen.Elements(Enum.GetValuesAsUnderlyingType(type).Cast<object>().Select(number => Enum.ToObject(type, number)).ToArray());
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
        {
            var item = type.GetGenericArguments()[0];
            return Of(item).ListOf().Select(items => Listed(item, [.. items]));
        }

        return type.IsAbstract
            ? Gen.OneOf(type.GetNestedTypes().Where(nested => nested.IsSubclassOf(type)).Select(Of).ToArray())
            : OfConstructor(type);
    }

    private static Gen<object> OfConstructor(Type type)
    {
        var nullability = new NullabilityInfoContext();
        var constructor = type.GetConstructors().MaxBy(constructor => constructor.GetParameters().Length)
            ?? throw new InvalidOperationException($"{type} has no public constructor");
        var parameters = constructor.GetParameters();
        var isOurs = type.Assembly == typeof(ChannelRequest).Assembly;
        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(property => property.CanWrite && parameters.All(parameter => parameter.Name != property.Name && !IsGiven(parameter, property)))
            .ToArray();
        var values = parameters.Select(parameter => OrNull(parameter.ParameterType, nullability.Create(parameter), isOurs))
            .Concat(properties.Select(property => OrNull(property.PropertyType, nullability.Create(property), isOurs)));
        return AllOf(values).Select(all =>
        {
            var made = constructor.Invoke([.. all.Take(parameters.Length)]);
            for (var i = 0; i < properties.Length; i++)
            {
                properties[i].SetValue(made, all[parameters.Length + i]);
            }

            return made;
        });
    }

    private static bool IsGiven(ParameterInfo parameter, PropertyInfo property) =>
        string.Equals(parameter.Name, property.Name, StringComparison.OrdinalIgnoreCase);

    private static Gen<object?> OrNull(Type type, NullabilityInfo nullability, bool isOurs)
    {
        var value = Of(type).Select(some => (object?)some);
        var mayBeNull = Nullable.GetUnderlyingType(type) is not null || (isOurs && !type.IsValueType && nullability.ReadState is NullabilityState.Nullable);
        return mayBeNull ? Gen.OneOf(Gen.Constant<object?>(null), value) : value;
    }

    private static Gen<ImmutableList<object?>> AllOf(IEnumerable<Gen<object?>> values) => values.Aggregate(
        Gen.Constant(ImmutableList<object?>.Empty),
        (before, next) => before.SelectMany(list => next.Select(list.Add)));

    private static object Listed(Type item, object[] items)
    {
        var list = Array.CreateInstance(item, items.Length);
        Array.Copy(items, list, items.Length);
        return list;
    }

    private static Gen<long> Int64() => Gen.OneOf(
        Gen.Choose(-3, 1000).Select(number => (long)number), Gen.Elements(long.MinValue, long.MaxValue, 1_700_000_000_000));

    private static Gen<string> Text() => Gen.Elements("", "a", "key", "ü", "😀", "\n\0", "\u2028").ListOf().Select(string.Concat);

    private static object Boxed<T>(T value)
        where T : notnull => value;
}
