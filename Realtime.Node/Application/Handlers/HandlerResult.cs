using System.Reflection;

namespace Realtime.Node.Application.Handlers;

/// <summary>Waits for whatever a handler returns: nothing, a value, a task or a value task of either.</summary>
internal static class HandlerResult
{
    private static readonly MethodInfo OfTaskMethod = Own(nameof(OfTaskAsync));
    private static readonly MethodInfo OfValueTaskMethod = Own(nameof(OfValueTaskAsync));

    public static Func<object?, ValueTask<object?>> ReaderOf(Type type)
    {
        if (type == typeof(Task))
        {
            return static async task =>
            {
                await ((Task)task!).ConfigureAwait(false);
                return null;
            };
        }

        if (type == typeof(ValueTask))
        {
            return static async task =>
            {
                await ((ValueTask)task!).ConfigureAwait(false);
                return null;
            };
        }

        if (type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(Task<>) || type.GetGenericTypeDefinition() == typeof(ValueTask<>)))
        {
            var reader = type.GetGenericTypeDefinition() == typeof(Task<>) ? OfTaskMethod : OfValueTaskMethod;
            return reader.MakeGenericMethod(type.GetGenericArguments()[0]).CreateDelegate<Func<object?, ValueTask<object?>>>();
        }

        return static value => ValueTask.FromResult(value);
    }

    private static MethodInfo Own(string name) => typeof(HandlerResult).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static)!;

    private static async ValueTask<object?> OfTaskAsync<T>(object? task) => await ((Task<T>)task!).ConfigureAwait(false);

    private static async ValueTask<object?> OfValueTaskAsync<T>(object? task) => await ((ValueTask<T>)task!).ConfigureAwait(false);
}
