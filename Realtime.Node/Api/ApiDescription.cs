using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Realtime.Node.Api;

/// <summary>The description of the API in OpenAPI, made once from its routes.</summary>
internal sealed class ApiDescription(IServiceProvider services)
{
    /// <summary>Not the usual name: the application that hosts the node may have a document of its own.</summary>
    public const string Document = "realtime-api";

    private const string Scheme = "key";
    private byte[]? _json;

    public static void Configure(OpenApiOptions options)
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.ShouldInclude = described => described.ActionDescriptor.EndpointMetadata.OfType<ApiRoute>().Any();
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo { Title = "Realtime", Version = "v1", Description = "Publish, look and act from the application's back end." };
            document.Servers = [];
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
            {
                [Scheme] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "ID.SECRET" },
            };
            document.Tags = null;
            foreach (var operation in document.Paths.Values.SelectMany(path => path.Operations ?? []).Select(entry => entry.Value))
            {
                operation.Tags = null;
            }

            document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, document)] = [] }];
            return Task.CompletedTask;
        });
        options.AddOperationTransformer(async (operation, context, cancellation) =>
        {
            var route = context.Description.ActionDescriptor.EndpointMetadata.OfType<ApiRoute>().Single();
            operation.OperationId = route.Method.ToLowerInvariant() + string.Concat(route.Pattern.Split('/').Select(part => part.StartsWith('{') ? "By" + Upper(part.Trim('{', '}')) : Upper(part)));
            operation.Description = $"Needs the scope {route.Scope.ToString().ToLowerInvariant()}.";
            operation.Parameters =
            [
                .. route.Pattern.Split('/').Where(part => part.StartsWith('{')).Select(part => Parameter(part.Trim('{', '}'), ParameterLocation.Path)),
                .. route.Query.Select(name => Parameter(name, ParameterLocation.Query)),
                .. route.Pattern is "publish" ? [Parameter(PublishEndpoints.KeyHeader, ParameterLocation.Header)] : Array.Empty<IOpenApiParameter>(),
            ];
            if (operation.Responses is { } responses && responses.Remove("0", out var problem))
            {
                problem.Description = "Not done, and why.";
                responses["default"] = problem;
            }

            if (route.Body is { } body)
            {
                operation.RequestBody = new OpenApiRequestBody
                {
                    Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
                    {
                        [route.BodyType] = new() { Schema = await context.GetOrCreateSchemaAsync(body, cancellationToken: cancellation).ConfigureAwait(false) },
                    },
                };
            }
        });
    }

    public async Task WriteAsync(HttpContext context) =>
        await ApiAnswer.WriteAsync(context, _json ?? await MakeAsync(context.RequestAborted).ConfigureAwait(false)).ConfigureAwait(false);

    /// <summary>Two first callers make it twice, and the same.</summary>
    private async Task<byte[]> MakeAsync(CancellationToken cancellation)
    {
        var document = await services.GetRequiredKeyedService<IOpenApiDocumentProvider>(Document).GetOpenApiDocumentAsync(cancellation).ConfigureAwait(false);
        return _json = Encoding.UTF8.GetBytes(await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1, cancellation).ConfigureAwait(false));
    }

    private static string Upper(string word) => char.ToUpperInvariant(word[0]) + word[1..];

    private static OpenApiParameter Parameter(string name, ParameterLocation place) => new()
    {
        Name = name, In = place, Required = place is ParameterLocation.Path, Schema = new OpenApiSchema { Type = name is "limit" ? JsonSchemaType.Integer : name is "reverse" ? JsonSchemaType.Boolean : JsonSchemaType.String },
    };
}
