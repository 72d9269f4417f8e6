package com.example;

import org.springframework.security.web.context.AbstractSecurityWebApplicationInitializer;

/** Registers the filter of Spring Security. */
public class SecurityInitializer extends AbstractSecurityWebApplicationInitializer {}
