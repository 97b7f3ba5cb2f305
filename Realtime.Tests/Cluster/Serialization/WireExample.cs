using System.Diagnostics;
using System.Reflection;
using Realtime.Messages.Cluster;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Messages.Traces;

namespace Realtime.Tests.Cluster.Serialization;

/// <summary>
/// One message of each type, with something in every property and always the same: what its bytes are is frozen. The values follow from the
/// names, so that a property that is added changes nothing else.
/// </summary>
internal static class WireExample
{
    public static object Of(Type type) => Of(type, type.Name);

    private static object Of(Type type, string name)
    {
        var number = Number(name);
        return type switch
        {
            _ when Nullable.GetUnderlyingType(type) is { } inner => Of(inner, name),
            { IsEnum: true } => Enum.GetValues(type).GetValue(number % Enum.GetValues(type).Length)!,

            // Where true is the rule it is not written.
            _ when type == typeof(bool) => name is not ("Echo" or "IsAvailable"),
            _ when type == typeof(int) => number,
            _ when type == typeof(long) => number * 1_000L,
            _ when type == typeof(ulong) => (ulong)number,
            _ when type == typeof(double) => number / 4.0,
            _ when type == typeof(string) => name,
            _ when type == typeof(ChannelName) => ChannelName.Parse("room:1"),
            _ when type == typeof(ProducerId) => ProducerId.FromStore("p-1"),
            _ when type == typeof(SessionId) => new SessionId(new UInt128(0x0102030405060708, (ulong)number)),
            _ when type == typeof(ShardSet) => ShardSet.Of([new ShardId(number % EntityShards.Count)]),
            _ when type == typeof(Payload) => new Payload("{}"u8.ToArray(), IsBinary: true),
            _ when type == typeof(StartFrom) => new StartFrom.At(new StreamPosition(new Epoch(9), 41)),
            _ when type == typeof(TraceContext) => new TraceContext(
                ActivityTraceId.CreateFromBytes([.. Enumerable.Repeat((byte)1, 16)]), ActivitySpanId.CreateFromBytes([.. Enumerable.Repeat((byte)2, 8)])),
            _ when type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) => Listed(type.GetGenericArguments()[0], name),
            _ => Made(type),
        };
    }

    private static Array Listed(Type item, string name)
    {
        var list = Array.CreateInstance(item, 1);
        list.SetValue(Of(item, name), 0);
        return list;
    }

    private static object Made(Type type)
    {
        var constructor = type.GetConstructors().MaxBy(constructor => constructor.GetParameters().Length)!;
        var parameters = constructor.GetParameters();
        var made = constructor.Invoke([.. parameters.Select(parameter => Of(parameter.ParameterType, parameter.Name!))]);
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
        {
            if (property.CanWrite && parameters.All(parameter => !string.Equals(parameter.Name, property.Name, StringComparison.OrdinalIgnoreCase)))
            {
                property.SetValue(made, Of(property.PropertyType, property.Name));
            }
        }

        return made;
    }

    /// <summary>From 1 to 1000, by the name without its case.</summary>
    private static int Number(string name) => name.Aggregate(7, (sum, c) => ((sum * 31) + char.ToLowerInvariant(c)) % 1000) + 1;
}
