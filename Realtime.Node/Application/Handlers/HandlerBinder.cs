using System.Collections.Immutable;
using System.Linq.Expressions;
using System.Reflection;
using Microsoft.AspNetCore.Mvc;

namespace Realtime.Node.Application.Handlers;

/// <summary>
/// Makes one form of whatever the application wrote as a handler. A parameter is the context, the cancellation, a service of the container, or else the data of the message, read as JSON: the same rules as
/// those of ASP.NET Core's minimal APIs.
/// </summary>
internal static class HandlerBinder
{
    private static readonly MethodInfo Service =
        typeof(ServiceProviderServiceExtensions).GetMethod(nameof(ServiceProviderServiceExtensions.GetRequiredService), [typeof(IServiceProvider), typeof(Type)])!;

    private static readonly MethodInfo Body = typeof(HandlerInput).GetMethod(nameof(HandlerInput.Body))!;

    /// <param name="context">The context of this kind of handler.</param>
    /// <param name="mayHaveBody">Whether there is data that a parameter can be made of.</param>
    /// <exception cref="ArgumentException">With the parameter that cannot be given.</exception>
    public static BoundHandler Bind(Delegate handler, Type context, bool mayHaveBody, IServiceProviderIsService services) =>
        Bind(handler.Method, handler.Target, context, mayHaveBody, services);

    /// <param name="owner">Null: an instance of the method's class comes from the container with each use.</param>
    public static BoundHandler Bind(MethodInfo method, object? owner, Type context, bool mayHaveBody, IServiceProviderIsService services)
    {
        var input = Expression.Parameter(typeof(HandlerInput));
        var scope = Expression.Property(input, nameof(HandlerInput.Services));
        Type? body = null;
        var usesServices = owner is null && !method.IsStatic;
        var arguments = ImmutableArray.CreateBuilder<Expression>();
        foreach (var parameter in method.GetParameters())
        {
            var type = parameter.ParameterType;
            if (type == context)
            {
                arguments.Add(Expression.Convert(Expression.Property(input, nameof(HandlerInput.Context)), type));
            }
            else if (type == typeof(CancellationToken))
            {
                arguments.Add(Expression.Property(input, nameof(HandlerInput.Cancellation)));
            }
            else if (parameter.GetCustomAttribute<FromServicesAttribute>() is not null || services.IsService(type))
            {
                usesServices = true;
                arguments.Add(Expression.Convert(Expression.Call(Service, scope, Expression.Constant(type)), type));
            }
            else if (mayHaveBody && body is null)
            {
                body = type;
                arguments.Add(Expression.Convert(Expression.Call(input, Body, Expression.Constant(type)), type));
            }
            else
            {
                throw new ArgumentException(
                    $"Parameter '{parameter.Name}' ({type.Name}) of handler {method.DeclaringType?.Name}.{method.Name} is no service, and the data is {(mayHaveBody ? $"'{body!.Name}' already" : "not to be had here")}.");
            }
        }

        var target = method.IsStatic ? null
            : owner is not null ? Expression.Constant(owner, method.DeclaringType!)
            : (Expression)Expression.Convert(Expression.Call(Service, scope, Expression.Constant(method.DeclaringType)), method.DeclaringType!);
        var call = Expression.Call(target, method, arguments);
        var returned = method.ReturnType == typeof(void)
            ? (Expression)Expression.Block(call, Expression.Constant(null, typeof(object)))
            : Expression.Convert(call, typeof(object));
        return new BoundHandler(
            $"{method.DeclaringType?.Name}.{method.Name}", Expression.Lambda<Func<HandlerInput, object?>>(returned, input).Compile(), HandlerResult.ReaderOf(method.ReturnType), usesServices);
    }
}
